import type { Texts } from './da.ts';
import { enErrors } from './en-errors.ts';

/** The same in English. */
export const en: Texts = {
  name: 'English',
  layout: {
    skip: 'Skip to the content',
    language: 'Language',
    newTab: 'opens in a new tab',
    reconnect: 'Microbizz refuses the app’s access. Changes are still shown, but nothing new can be fetched.',
    reconnectLink: 'Connect the app again',
  },
  details: 'Details:',
  errors: enErrors,
  kept: {
    lead: 'What you typed is not saved in the app yet. Here it is, so that you can copy it:',
    retry: 'Send again',
    secret: 'To be typed again:',
  },
  connect: {
    connectTitle: 'Connect to Microbizz',
    connectLead: 'You are sent on to Microbizz, where you log in and accept the app.',
    connectButton: 'Continue to Microbizz',
    connected: 'Connected',
    connectedLead: 'The app is connected to Microbizz. You can close this page and open the app in Microbizz.',
    waiting: 'Waiting for Microbizz',
    waitingLead: 'Microbizz has not confirmed the connection yet. This page reloads by itself.',
    waitingHint: 'If you refused the app in Microbizz, you can begin again:',
    waitingLink:
      'If you refused the app in Microbizz, you can begin again: open the link that you were given once more.',
    failed: 'Not connected',
    failedLead:
      'The connection to Microbizz was not made. If the problem persists, send this message to whoever runs the app:',
    failedLink: 'The link may be used up. Then ask whoever runs the app for another.',
    approval: 'Waiting for approval',
    approvalLead:
      'The contract is connected already. To be safe, whoever runs the app has to approve the new connection. Until then the old one keeps working.',
    approvalHint: 'Send this number to whoever runs the app:',
    expired: 'Not connected',
    expiredLead: 'Microbizz did not confirm the connection within 60 minutes.',
    expiredLink: 'Open the link that you were given once more, or ask whoever runs the app for another.',
    again: 'Try again',
    solution: 'Solution',
    contract: 'Contract',
    hooks: 'Hooked into',
  },
};
