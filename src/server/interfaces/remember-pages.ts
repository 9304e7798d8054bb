import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Changes } from '../store/ports/changes.ts';

/** Pages that are remembered at most. */
const most = 200;

/** A rendered page without each reader's own parts: the common parts, and the names of the holes between them. */
type Blank = readonly (Buffer | string)[];

/** Nobody outside ever sees it, so no text of theirs can be mistaken for a hole. URLs and HTML leave it as it is. */
const mark = `hole${randomBytes(16).toString('hex')}`;
const hole = new RegExp(`${mark}-([0-9a-f]*)-`);

/** A view gets this in place of something that is filled in for each reader. */
export function holeFor(name: string): string {
  return `${mark}-${Buffer.from(name).toString('hex')}-`;
}

function cut(html: string): Blank {
  return html
    .split(hole)
    .map((piece, at) => (at % 2 === 0 ? Buffer.from(piece) : Buffer.from(piece, 'hex').toString()));
}

/** A value that several holes want is made once: all links to one page carry one pass. */
function fill(blank: Blank, fillIn: (name: string) => string): Buffer {
  const names = new Set(blank.filter((part) => typeof part === 'string'));
  const made = new Map(Array.from(names, (name) => [name, Buffer.from(fillIn(name))]));
  return Buffer.concat(blank.flatMap((part) => (typeof part === 'string' ? (made.get(part) ?? []) : part)));
}

/**
 * Rendered pages until the database changes, by any process. Loading and rendering a list takes 800 µs, filling in a remembered one a
 * tenth of that: at 64 connections nearly all are remembered, even while an event comes every 100 ms (bench, part `pages`).
 */
export function buildPageMemory(changes: Changes) {
  const remembered = new LRUCache<string, Blank>({ max: most });
  /** How often something was written. */
  let writes = 0;
  changes.subscribe('anything', () => {
    writes += 1;
    if (remembered.size > 0) remembered.clear();
  });

  return async (key: string, render: () => Promise<string>, fillIn: (name: string) => string): Promise<Buffer> => {
    await changes.look();
    const began = writes;
    const known = remembered.get(key);
    if (known !== undefined) return fill(known, fillIn);
    const blank = cut(await render());
    // A page read while something was written may mix before and after: it is shown, but not kept.
    await changes.look();
    if (writes === began) remembered.set(key, blank);
    return fill(blank, fillIn);
  };
}
