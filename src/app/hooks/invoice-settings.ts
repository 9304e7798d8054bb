import { z } from 'zod';
import { definePage } from '../../server/interfaces/define-page.ts';
import {
  AddForm,
  addForward,
  ForwardForm,
  pauseForward,
  removeForward,
  ReplayForm,
  replayEvent,
  resumeForward,
  RetentionForm,
  rotateSecret,
  runGaps,
  setRetention,
  testForward,
} from './settings/change-settings.ts';
import { AttemptsQuery, ForwardQuery, showAttempts, showRemoval } from './settings/show-attempts.ts';
import { SettingsQuery, showSettings } from './settings/show-settings.ts';

/** General settings of the invoice module: where changes are forwarded, how long they are kept, how the connection stands. */
export const invoiceSettings = definePage({
  modcode: 'invoice',
  hook: 'settings',
  title: 'Videresendelse',
  query: SettingsQuery,
  load: showSettings,
  view: 'app/settings',
  pages: {
    attempts: { query: AttemptsQuery, load: showAttempts, view: 'app/attempts' },
    'confirm-remove': { query: ForwardQuery, load: showRemoval, view: 'app/remove-forward' },
  },
  actions: {
    add: { form: AddForm, act: addForward },
    test: { form: ForwardForm, act: testForward },
    pause: { form: ForwardForm, act: pauseForward },
    resume: { form: ForwardForm, act: resumeForward },
    rotate: { form: ForwardForm, act: rotateSecret },
    remove: { form: ForwardForm, act: removeForward },
    replay: { form: ReplayForm, act: replayEvent },
    retention: { form: RetentionForm, act: setRetention },
    'run-gaps': { form: z.object({}), act: runGaps },
  },
});
