import type { daErrors } from './da-errors.ts';

const reopen = 'Open the page again from the menu in Microbizz.';
const reconnect = 'Ask an administrator to connect the app to Microbizz again, with a link from whoever runs the app.';
const later = 'Try again in a little while. If the problem persists, contact whoever runs the app.';

export const enErrors: typeof daErrors = {
  'bad-request': { title: 'That could not be done', advice: 'The link is not valid.' },
  'session-missing': { title: 'This page must be opened in Microbizz', advice: reopen },
  'session-refused': {
    title: 'You are no longer logged in',
    advice: `Your session in Microbizz may have expired. ${reopen}`,
  },
  'session-ended': { title: 'The page was open for too long', advice: reopen },
  'invitation-missing': {
    title: 'You need a link',
    advice: 'The app is connected to Microbizz with a link that works once. Ask whoever runs the app for it.',
  },
  'not-connected': { title: 'The app is not connected to Microbizz', advice: reconnect },
  'unknown-key': { title: 'There is no such page', advice: reconnect },
  'not-found': { title: 'There is no such page', advice: reopen },
  'already-used': { title: 'The address was already used', advice: reconnect },
  expired: { title: 'The address has expired', advice: reconnect },
  'unknown-media': { title: 'That could not be done', advice: reopen },
  'too-many': { title: 'Too many attempts', advice: 'Wait a minute, then try again.' },
  'too-many-downloads': {
    title: 'Two files are being downloaded already',
    advice: 'Wait until one of them is done, then try again.',
  },
  'upstream-refused': { title: 'Microbizz refuses the app', advice: reconnect },
  'upstream-broken': { title: 'Microbizz does not answer as it should', advice: later },
  'upstream-slow': { title: 'Microbizz answers too slowly', advice: later },
  unavailable: { title: 'Something went wrong', advice: later },
};
