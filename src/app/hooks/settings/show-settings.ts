import { z } from 'zod';
import { hookPath } from '../../../microbizz/domain/hook.ts';
import type { PageContext } from '../../../server/interfaces/define-page.ts';
import { texts, type Texts } from '../../texts/texts.ts';
import { kindOf } from '../kind-of.ts';
import { formatsOf, type Formats } from '../formats.ts';

/** The result of an action, shown on the page that follows it. */
const told = ['pausedDone', 'resumedDone', 'removedDone', 'saved', 'replayed', 'gapsRan', 'gapsFailed'] as const;
export type Told = (typeof told)[number];

export const SettingsQuery = z.object({
  told: z.enum(told).optional().catch(undefined),
  found: z.coerce.number().int().min(0).catch(0),
});

type Context = PageContext<z.output<typeof SettingsQuery>, unknown>;

/** The data of `views/app/settings`. */
export async function showSettings(context: Context): Promise<object> {
  const { tenant, forwards, gaps, settings, history, language } = context;
  const t = texts[language];
  const formats = formatsOf(language);
  const [list, runs, days, connectedAt, lastEventAt] = await Promise.all([
    forwards.list(),
    gaps.runs(),
    settings.findRetention(),
    settings.findConnectedAt(),
    history.lastEventAt(),
  ]);
  return {
    pageTitle: t.settings.title,
    told: tell(context.query, t, formats),
    hooks: forwards.hooks.map((path) => ({ path, name: kindOf(path, t).many })),
    forwards: list.map((forward) => describeForward(forward, t, formats)),
    mostDays: String(settings.mostDays),
    days: days === undefined ? '' : String(days),
    connection: {
      solution: tenant.solution,
      contract: tenant.contract,
      since: connectedAt === undefined ? t.values.noValue : formats.moment(connectedAt),
      lastEvent: lastEventAt === undefined ? t.settings.never : formats.moment(lastEventAt),
      state: tenant.refusedAt === undefined ? t.settings.working : t.settings.refused(formats.moment(tenant.refusedAt)),
      ok: tenant.refusedAt === undefined,
      reconnectUrl: context.reconnectUrl,
    },
    unlisted: gaps.unlisted.length === 0 ? '' : t.settings.gapsUnlisted(listKinds(gaps.unlisted, t)),
    runs: runs.map((run) => ({
      kind: kindOf(hookPath(run), t).many,
      ended: run.endedAt === undefined ? t.settings.never : formats.moment(run.endedAt),
      found: run.found === undefined ? t.values.noValue : formats.number(run.found),
      fault: run.fault ?? '',
    })),
  };
}

function listKinds(paths: readonly string[], t: Texts): string {
  return new Intl.ListFormat(t.locale).format(paths.map((path) => kindOf(path, t).many.toLocaleLowerCase(t.locale)));
}

function tell(
  { told: name, found }: Context['query'],
  t: Texts,
  formats: Formats,
): { text: string; ok: boolean } | undefined {
  if (name === undefined) return undefined;
  const text = name === 'gapsRan' ? t.settings.gapsRan(formats.number(found)) : t.settings[name];
  return { text, ok: name !== 'gapsFailed' };
}

type Listed = Awaited<ReturnType<Context['forwards']['list']>>[number];

export interface ShownForward {
  readonly id: number;
  readonly url: string;
  readonly hooks: string;
  readonly paused: boolean;
  readonly reason: string;
  readonly state: 'done' | 'waiting' | 'failed';
  readonly text: string;
}

export function describeForward(forward: Listed, t: Texts, formats: Formats): ShownForward {
  const { id, url, hooks, paused, failingSince } = forward;
  const { settings } = t;
  return {
    id,
    url,
    hooks: hooks.length === 0 ? settings.allHooks : hooks.map((path) => kindOf(path, t).many).join(', '),
    paused: paused !== undefined,
    reason: paused === undefined ? '' : settings.pauseReasons[paused],
    state: paused !== undefined ? 'waiting' : failingSince === undefined ? 'done' : 'failed',
    text:
      paused !== undefined
        ? settings.paused
        : failingSince === undefined
          ? settings.active
          : settings.failing(formats.moment(failingSince)),
  };
}
