import { createParser, type EventSourceMessage } from "eventsource-parser";
import { askServer } from "#/client/ask-server.ts";
import { explainFailure } from "#/client/explain-failure.ts";
import type { RatebookError } from "#/client/ratebook-error.ts";
import type { RateChange } from "#/client/replica-rate.ts";
import type { ServerAddress } from "#/client/server-address.ts";

/** All changes up to a version, and everything before it has been told. */
export type ChangeEvent = Readonly<{ version: string; changes: readonly RateChange[] }>;

type Input = Readonly<{
  after: string;
  signal: AbortSignal;
  /** Whenever anything comes from the server, which says something every 15 s. */
  onHeard?: (() => void) | undefined;
  /** The connection was lost, or the server can't answer now; it is asked again. */
  onAway?: ((error: RatebookError) => void) | undefined;
}>;

const SLOWEST_ANSWER_MS = 10_000;
const LONGEST_SILENCE_MS = 40_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * What has changed after a version, one version at a time and each once, past lost connections and restarts of the server. Ends
 * when the signal aborts. Throws `RatebookError` when the server refuses, with the status 410 when it does not have the version.
 */
export async function* followChanges(server: ServerAddress, input: Input): AsyncGenerator<ChangeEvent, void> {
  let { after } = input;
  let pauseMs = SHORTEST_PAUSE_MS;
  while (!input.signal.aborted) {
    try {
      for await (const event of readStream(server, { ...input, after })) {
        after = event.version;
        pauseMs = SHORTEST_PAUSE_MS;
        yield event;
      }
    } catch (error) {
      if (input.signal.aborted) return;
      const failure = explainFailure(error, server);
      if (failure.kind === "refused" && failure.status !== 429) throw failure;
      input.onAway?.(failure);
    }
    await pause(pauseMs, input.signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** One connection. What was told of a version before it was cut is dropped: it is told again, as a whole. */
async function* readStream(
  server: ServerAddress,
  { after, signal, onHeard }: Input,
): AsyncGenerator<ChangeEvent, void> {
  const cut = new AbortController();
  const asked = { type: "text/event-stream", timeoutMs: SLOWEST_ANSWER_MS } as const;
  const init = { headers: { "last-event-id": after }, signal: AbortSignal.any([signal, cut.signal]) };
  const { body } = await askServer(server, asked, `${server.url}/v1/changes/stream`, init);
  if (body === null) return;
  const complete: ChangeEvent[] = [];
  let changes: RateChange[] = [];
  const parser = createParser({
    onEvent({ event, id, data }: EventSourceMessage) {
      if (event === "change") changes.push(JSON.parse(data) as RateChange);
      if (event !== "version" || id === undefined) return;
      complete.push({ version: id, changes });
      changes = [];
    },
  });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await readWithin(LONGEST_SILENCE_MS, reader);
      if (done) return;
      onHeard?.();
      parser.feed(value);
      yield* complete.splice(0);
    }
  } finally {
    cut.abort();
  }
}

async function readWithin<T>(ms: number, reader: ReadableStreamDefaultReader<T>): Promise<ReadableStreamReadResult<T>> {
  const silent = Promise.withResolvers<never>();
  const timer = setTimeout(() => silent.reject(new DOMException("The server has fallen silent", "TimeoutError")), ms);
  try {
    return await Promise.race([reader.read(), silent.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for some milliseconds, or until the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", onAbort, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
}
