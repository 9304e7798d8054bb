import type { Language } from '../http/language.ts';

/** What the pages of becoming connected say. */
export const connectTexts: Record<Language, Record<string, string>> = {
  da: {
    connectTitle: 'Forbind til Microbizz',
    connectLead: 'Du sendes videre til Microbizz, hvor du logger ind og godkender app’en.',
    connectButton: 'Fortsæt til Microbizz',
    connected: 'Forbundet',
    connectedLead: 'App’en er forbundet til Microbizz. Du kan lukke denne side og åbne app’en i Microbizz.',
    waiting: 'Venter på Microbizz',
    waitingLead: 'Microbizz har endnu ikke bekræftet forbindelsen. Siden opdaterer sig selv.',
    waitingHint: 'Hvis du afviste app’en i Microbizz, kan du begynde forfra:',
    failed: 'Ikke forbundet',
    failedLead:
      'Forbindelsen til Microbizz blev ikke oprettet. Prøv igen. Bliver det ved, så send denne besked til den, der driver app’en:',
    expired: 'Ikke forbundet',
    expiredLead: 'Microbizz bekræftede ikke forbindelsen inden for 60 minutter.',
    again: 'Prøv igen',
    solution: 'Løsning',
    contract: 'Kontrakt',
    hooks: 'Tilsluttet',
  },
  en: {
    connectTitle: 'Connect to Microbizz',
    connectLead: 'You are sent on to Microbizz, where you log in and accept the app.',
    connectButton: 'Continue to Microbizz',
    connected: 'Connected',
    connectedLead: 'The app is connected to Microbizz. You can close this page and open the app in Microbizz.',
    waiting: 'Waiting for Microbizz',
    waitingLead: 'Microbizz has not confirmed the connection yet. This page reloads by itself.',
    waitingHint: 'If you refused the app in Microbizz, you can begin again:',
    failed: 'Not connected',
    failedLead:
      'The connection to Microbizz was not made. Try again. If it goes on, send this message to whoever runs the app:',
    expired: 'Not connected',
    expiredLead: 'Microbizz did not confirm the connection within 60 minutes.',
    again: 'Try again',
    solution: 'Solution',
    contract: 'Contract',
    hooks: 'Hooked into',
  },
};
