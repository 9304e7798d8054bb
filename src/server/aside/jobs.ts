import { buildBody } from '../forwards/build-message.ts';
import { readEvent } from '../events/read-event.ts';
import { describeAlone, describeEvent } from '../history/describe-event.ts';
import { compareEvents, readContent, writeContent } from '../history/show-event.ts';
import { sortEvent } from '../inbox/sort-event.ts';

/** The jobs. Pure: plain data in, plain data out. */
export const jobs = {
  readEvent,
  buildBody,
  sort: sortEvent,
  describe: describeEvent,
  describeAlone,
  compare: compareEvents,
  read: readContent,
  write: writeContent,
} as const;

export type Jobs = typeof jobs;
