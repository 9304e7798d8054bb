import type { ErrorCode } from '../errors.ts';
import type { Language } from './language.ts';

export interface ErrorText {
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
}

const reopenDa = 'Åbn siden igen fra menuen i Microbizz.';
const reopenEn = 'Open the page again from the menu in Microbizz.';
const reconnectDa = 'Bed en administrator om at forbinde app’en til Microbizz igen.';
const reconnectEn = 'Ask an administrator to connect the app to Microbizz again.';
const laterDa = 'Prøv igen om lidt. Bliver det ved, så kontakt den, der driver app’en.';
const laterEn = 'Try again in a little while. If it goes on, tell whoever runs the app.';

/** Each refusal in the reader's words. The technical reason stands below it on the page, in English. */
export const errorTexts: Record<Language, Record<ErrorCode, ErrorText>> = {
  da: {
    'bad-request': { title: 'Det kunne ikke lade sig gøre', advice: 'Adressen på siden er ikke rigtig.' },
    'session-missing': { title: 'Siden skal åbnes i Microbizz', advice: reopenDa },
    'session-refused': { title: 'Microbizz kender ikke din session', advice: `Den kan være udløbet. ${reopenDa}` },
    'not-connected': { title: 'App’en er ikke forbundet til Microbizz', advice: reconnectDa },
    'unknown-key': { title: 'Siden findes ikke', advice: reconnectDa },
    'not-found': { title: 'Siden findes ikke', advice: reopenDa },
    'already-used': { title: 'Adressen er allerede brugt', advice: reconnectDa },
    expired: { title: 'Adressen er udløbet', advice: reconnectDa },
    'unknown-media': { title: 'Det kunne ikke lade sig gøre', advice: reopenDa },
    'too-many': { title: 'For mange forsøg', advice: 'Vent et minut, og prøv igen.' },
    'upstream-refused': { title: 'Microbizz afviser app’en', advice: reconnectDa },
    'upstream-broken': { title: 'Microbizz svarer ikke, som det skal', advice: laterDa },
    'upstream-slow': { title: 'Microbizz svarer for langsomt', advice: laterDa },
    unavailable: { title: 'Noget gik galt', advice: laterDa },
  },
  en: {
    'bad-request': { title: 'That could not be done', advice: 'The address of the page is not right.' },
    'session-missing': { title: 'This page must be opened in Microbizz', advice: reopenEn },
    'session-refused': { title: 'Microbizz does not know your session', advice: `It may have expired. ${reopenEn}` },
    'not-connected': { title: 'The app is not connected to Microbizz', advice: reconnectEn },
    'unknown-key': { title: 'There is no such page', advice: reconnectEn },
    'not-found': { title: 'There is no such page', advice: reopenEn },
    'already-used': { title: 'The address was already used', advice: reconnectEn },
    expired: { title: 'The address has expired', advice: reconnectEn },
    'unknown-media': { title: 'That could not be done', advice: reopenEn },
    'too-many': { title: 'Too many attempts', advice: 'Wait a minute, then try again.' },
    'upstream-refused': { title: 'Microbizz refuses the app', advice: reconnectEn },
    'upstream-broken': { title: 'Microbizz does not answer as it should', advice: laterEn },
    'upstream-slow': { title: 'Microbizz answers too slowly', advice: laterEn },
    unavailable: { title: 'Something went wrong', advice: laterEn },
  },
};
