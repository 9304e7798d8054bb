import { accepted, refused, type Answer } from '../../microbizz/domain/answer.ts';
import type { Ending, Handling, InboxStore } from '../store/ports/inbox.ts';

/** Answers to Microbizz that wait for their event's handling. */
export interface Answers {
  /** The handler's answer, if it is done within `budget` ms; otherwise the answer that the event was accepted. */
  wait(eventId: number, budget: number): Promise<Answer>;
  /** The worker reports how a handling ended. */
  settle(eventId: number, ending: Ending): void;
  /** The worker has sorted these: a duplicate among them will never be handled. */
  sorted(eventIds: readonly number[]): Promise<void>;
}

/** Milliseconds until the first check whether another process has handled the event; each later check waits twice as long. */
const firstLook = 50;

export function buildAnswers(store: Pick<InboxStore, 'findHandling'>): Answers {
  const waiting = new Map<number, (answer: Answer) => void>();

  /** Its state in the store: another process may have handled it. If the store cannot answer now, the handling or the budget's end will. */
  async function look(eventId: number): Promise<void> {
    const handling = await store.findHandling(eventId).catch(() => undefined);
    if (handling === undefined || (handling.attempt === 0 && isOpen(handling))) return;
    const refusal = handling.state === 'handled' ? handling.fault : undefined;
    waiting.get(eventId)?.(refusal === undefined ? accepted : refused(refusal));
  }

  return {
    wait: (eventId, budget) =>
      new Promise<Answer>((resolve) => {
        const timer = setTimeout(() => {
          void look(eventId).finally(() => waiting.get(eventId)?.(accepted));
        }, budget);
        let looks: NodeJS.Timeout;
        const lookIn = (pause: number): void => {
          looks = setTimeout(() => {
            lookIn(2 * pause);
            void look(eventId);
          }, pause);
        };
        lookIn(firstLook);
        waiting.set(eventId, (answer) => {
          clearTimeout(timer);
          clearTimeout(looks);
          waiting.delete(eventId);
          resolve(answer);
        });
        void look(eventId);
      }),
    settle(eventId, ending) {
      const refusal = ending.kind === 'handled' ? ending.refusal : undefined;
      waiting.get(eventId)?.(refusal === undefined ? accepted : refused(refusal));
    },
    async sorted(eventIds) {
      if (waiting.size === 0) return;
      for (const eventId of eventIds) if (waiting.has(eventId)) await look(eventId);
    },
  };
}

function isOpen({ state }: Handling): boolean {
  return state === 'ready' || state === 'queued' || state === 'held';
}
