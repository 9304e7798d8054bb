import type { FastifyInstance } from 'fastify';
import { joinTexts } from '../http/join-texts.ts';
import type { Changes } from '../store/ports/changes.ts';
import type { Connections } from '../store/ports/connections.ts';
import { rememberReads } from './remember-reads.ts';
import { askSession } from './check-session.ts';
import { interfaceRoutes, type InterfaceServices } from './interface-routes.ts';
import { buildDownloadLimit } from './limit-downloads.ts';
import { buildPageMemory } from './remember-pages.ts';
import { buildSentForms } from './sent-forms.ts';
import { buildSessions } from './sessions.ts';

type Own = 'texts' | 'pageMemory' | 'limitDownloads' | 'connections' | 'sessions' | 'once';

export interface PagesOptions extends Omit<InterfaceServices, Own> {
  readonly connections: Connections;
  readonly changes: Changes;
  /** SESSION_RECHECK_SECONDS. */
  readonly recheckSeconds: number;
  /** The app's own, beside the server's. */
  readonly texts: Parameters<typeof joinTexts>[0];
}

/** The pages of the app, with their caches, which may be lost: sessions, sent forms, rendered pages, reads. */
export function openPages(app: FastifyInstance, options: PagesOptions): void {
  const { connections, changes, recheckSeconds, texts, apis, now } = options;
  interfaceRoutes(app, {
    ...options,
    texts: joinTexts(texts),
    sessions: buildSessions({ ask: askSession(apis), recheck: recheckSeconds * 1000, now }),
    once: buildSentForms(now),
    pageMemory: buildPageMemory(changes),
    limitDownloads: buildDownloadLimit(),
    connections: {
      findInstallation: rememberReads(changes, connections.findInstallation),
      findTenant: rememberReads(changes, connections.findTenant),
    },
  });
}
