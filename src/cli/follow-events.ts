import { setTimeout as pause } from "node:timers/promises";
import { isEnded, type SyncEvent } from "#/cli/api-types.ts";
import { CliError, describeFailure } from "#/cli/describe-failure.ts";
import { openEventStream, type StreamMessage } from "#/cli/event-stream.ts";
import { EXIT } from "#/cli/exit-code.ts";
import type { Session } from "#/cli/session.ts";

type Input = Readonly<{
  /** Absent: everybody's events, without end. */
  jobId?: string | undefined;
  /** Events after this one. */
  lastEventId: string;
  /** Called when the server is away (`true`), once, and when it is back. */
  onOutage: (away: boolean) => void;
}>;

// Tries in a row that bring nothing of a job that is known to have ended.
const LAST_TRIES = 3;

/**
 * Every event once, in order, past restarts of the server; ends when the job has. Throws what the server refused, the
 * signal's reason when interrupted, and `CliError` (exit 3) when the server stays away for longer than the patience.
 */
export async function* followEvents(session: Session, input: Input): AsyncGenerator<SyncEvent, void> {
  const { client, io } = session;
  const { jobId, onOutage } = input;
  let lastId = BigInt(input.lastEventId);
  let triesLeft = LAST_TRIES;

  for (;;) {
    const lastEventId = String(lastId);
    const stream = openEventStream({ client, jobId, lastEventId, pollMs: io.pace.pollMs, signal: io.interrupted });
    for await (const message of stream) {
      if (message.type === "event" && BigInt(message.event.id) > lastId) {
        lastId = BigInt(message.event.id);
        yield message.event;
      }
      if (message.type === "event" && message.event.kind === "ended" && jobId !== undefined) return;
      if (endsStream(message)) break;
    }
    io.interrupted.throwIfAborted();
    const ended = await untilAnswered(session, { onOutage, ask: () => hasEnded(session, jobId) });
    if (ended) triesLeft = String(lastId) === lastEventId ? triesLeft - 1 : LAST_TRIES;
    if (triesLeft === 0) return;
    await pause(io.pace.retryMs, undefined, { signal: io.interrupted });
  }
}

function endsStream(message: StreamMessage): boolean {
  return message.type === "broken" || (message.type === "polled" && isEnded(message.detail.status));
}

async function hasEnded({ client }: Session, jobId: string | undefined): Promise<boolean> {
  const signal = AbortSignal.timeout(10_000);
  if (jobId !== undefined) return isEnded((await client.syncs.get.query({ jobId }, { signal })).status);
  await client.syncs.active.query(undefined, { signal });
  return false;
}

type Asking<T> = Readonly<{ ask: () => Promise<T>; onOutage: (away: boolean) => void }>;

/** Asks until the server answers. A refusal is an answer and is thrown; exit 3 when nobody answers for too long. */
export async function untilAnswered<T>(session: Session, { ask, onOutage }: Asking<T>): Promise<T> {
  const { pace, interrupted } = session.io;
  const startMs = performance.now();
  let away = false;
  for (;;) {
    try {
      const answer = await ask();
      if (away) onOutage(false);
      return answer;
    } catch (error) {
      interrupted.throwIfAborted();
      const failure = describeFailure(error);
      if (failure.kind === "refused") throw error;
      if (performance.now() - startMs > pace.patienceMs) {
        const seconds = Math.round(pace.patienceMs / 1_000);
        throw new CliError(`${failure.message}. Gave up after ${seconds} s`, EXIT.unreachable);
      }
      if (!away) onOutage(true);
      away = true;
    }
    await pause(pace.retryMs, undefined, { signal: interrupted });
  }
}
