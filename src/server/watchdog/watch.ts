import { writeSync } from 'node:fs';
import { Session, type Debugger } from 'node:inspector/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';

const { heart, currentName } = workerData as { heart: Int32Array; currentName: string };

/** Milliseconds between two looks. */
const look = 250;
/** Milliseconds without a beat after which the log names the code that holds the thread. */
const noticed = 2000;
/** … after which the process is ended: for code of the app, and for holds that cannot be named. */
const longestNamed = 8000;
const longest = 20_000;

interface Held {
  /** Whose code it is, as strays.ts names it; undefined for our own and for code that could not be interrupted. */
  readonly about: object | undefined;
  /** Its innermost places, as in a stack. */
  readonly at: readonly string[];
}

/** Interrupts the thread that answers, asks it what it does, and lets it go on. A native call is not interrupted before it returns. */
async function examine(): Promise<Held> {
  const session = new Session();
  session.connectToMainThread();
  try {
    const paused = new Promise<Debugger.PausedEventDataType>((resolve) => {
      session.once('Debugger.paused', ({ params }) => {
        resolve(params);
      });
    });
    const urls = new Map<string, string>();
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    await session.post('Debugger.enable');
    await session.post('Debugger.pause');
    const { callFrames } = await paused;
    const callFrameId = callFrames[0]?.callFrameId ?? '';
    const expression = `globalThis[Symbol.for(${JSON.stringify(currentName)})]()`;
    const { result } = await session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression });
    const at = callFrames.slice(0, 5).map(({ functionName, location }) => {
      const { scriptId, lineNumber } = location;
      return `${functionName || '<anonymous>'} ${urls.get(scriptId) ?? ''}:${lineNumber + 1}`;
    });
    const about = typeof result.value === 'string' ? (JSON.parse(result.value) as object) : undefined;
    return { about, at };
  } finally {
    session.disconnect();
  }
}

/** A line of the log: the thread that usually writes it is held. */
function say(level: 40 | 60, fields: object, msg: string): void {
  try {
    writeSync(1, `${JSON.stringify({ level, time: Date.now(), pid: process.pid, ...fields, msg })}\n`);
  } catch {
    // Nowhere to say it.
  }
}

async function follow(beats: number, since: number): Promise<void> {
  let held: Held = { about: undefined, at: [] };
  let asked = false;
  while (Atomics.load(heart, 0) === beats) {
    const forSeconds = Math.round((performance.now() - since) / 1000);
    if (!asked && performance.now() - since > noticed) {
      asked = true;
      void examine().then((found) => {
        held = found;
        say(40, { ...found.about, at: found.at, seconds: forSeconds }, 'the thread that answers is held');
      });
    }
    if (performance.now() - since > (held.about === undefined ? longest : longestNamed)) {
      say(
        60,
        { ...held.about, at: held.at, seconds: forSeconds },
        'ending the process: the thread that answers is held',
      );
      // Nothing softer ends a process whose main thread is held: process.exit of another thread ends that thread alone.
      process.kill(process.pid, 'SIGKILL');
    }
    await pause(look);
  }
}

let beats = -1;
for (;;) {
  const now = Atomics.load(heart, 0);
  if (now === beats) await follow(beats, performance.now() - look);
  else beats = now;
  await pause(look * 2);
}
