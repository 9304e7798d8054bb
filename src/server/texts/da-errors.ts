const reopen = 'Åbn siden igen fra menuen i Microbizz.';
const reconnect =
  'Bed en administrator om at forbinde appen til Microbizz igen, med et link fra den, der driver appen.';
const later = 'Prøv igen om lidt. Bliver det ved, så kontakt den, der driver appen.';

/** Each refusal in the reader's words, by its code in errors.ts: its name, and advice. */
export const daErrors = {
  'bad-request': { title: 'Det kunne ikke lade sig gøre', advice: 'Linket er ikke gyldigt.' },
  'session-missing': { title: 'Siden skal åbnes i Microbizz', advice: reopen },
  'session-refused': {
    title: 'Du er ikke længere logget ind',
    advice: `Din session i Microbizz kan være udløbet. ${reopen}`,
  },
  'session-ended': { title: 'Siden har været åben for længe', advice: reopen },
  'invitation-missing': {
    title: 'Du skal bruge et link',
    advice: 'Appen forbindes til Microbizz med et link, der virker én gang. Bed den, der driver appen, om det.',
  },
  'not-connected': { title: 'Appen er ikke forbundet til Microbizz', advice: reconnect },
  'unknown-key': { title: 'Siden findes ikke', advice: reconnect },
  'not-found': { title: 'Siden findes ikke', advice: reopen },
  'already-used': { title: 'Adressen er allerede brugt', advice: reconnect },
  expired: { title: 'Adressen er udløbet', advice: reconnect },
  'unknown-media': { title: 'Det kunne ikke lade sig gøre', advice: reopen },
  'too-many': { title: 'For mange forsøg', advice: 'Vent et minut, og prøv igen.' },
  'too-many-downloads': {
    title: 'Der hentes allerede to filer',
    advice: 'Vent, til den ene er hentet, og prøv igen.',
  },
  'upstream-refused': { title: 'Microbizz afviser appen', advice: reconnect },
  'upstream-broken': { title: 'Microbizz svarer ikke, som det skal', advice: later },
  'upstream-slow': { title: 'Microbizz svarer for langsomt', advice: later },
  unavailable: { title: 'Noget gik galt', advice: later },
};
