import Database from 'better-sqlite3';
import type { TestServer } from '../support/start-server.ts';

export interface PostedEvent {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

/** One POST; without a type the header is left out. */
export async function postEvent(url: string, body: string | Uint8Array, type?: string): Promise<PostedEvent> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body);
  const headers = type === undefined ? {} : { 'content-type': type };
  const answer = await fetch(url, { method: 'POST', body: bytes, headers });
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') ?? '' };
}

export interface StoredRow {
  readonly fields: Record<string, string> | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer | undefined;
  readonly fault: string | undefined;
}

/** What is on disk, oldest first; read past the server, as an operator would. */
export function readStored(server: TestServer): StoredRow[] {
  const database = new Database(server.services.config.DATABASE_URL, { readonly: true });
  try {
    const rows = database.prepare('SELECT fields, content_type, body, fault FROM events ORDER BY id').all() as {
      fields: string | null;
      content_type: string | null;
      body: Buffer | null;
      fault: string | null;
    }[];
    return rows.map(({ fields, content_type, body, fault }) => ({
      fields: fields === null ? undefined : (JSON.parse(fields) as Record<string, string>),
      contentType: content_type ?? undefined,
      body: body ?? undefined,
      fault: fault ?? undefined,
    }));
  } finally {
    database.close();
  }
}
