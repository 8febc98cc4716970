import { setTimeout as sleep } from "node:timers/promises";
import { HEADERS } from "#/testing/chaos/http-client.ts";

export type Watcher = Readonly<{
  /** The ids of all events in the order they came. */
  seen: () => readonly bigint[];
  connections: () => number;
  stop: () => Promise<void>;
}>;

type Options = Readonly<{
  /** Which server it asks first. */
  first: number;
  /** After so long without a byte it takes the connection for dead. */
  silenceMs?: number;
}>;

/**
 * Watches everybody's events over `syncs.watch`, as a browser does: after every end of the stream it connects again, to the
 * next server, and names the last event it has.
 */
export function openWatcher(urls: readonly string[], { first, silenceMs = 40_000 }: Options): Watcher {
  const stopped = new AbortController();
  const seen: bigint[] = [];
  let connections = 0;
  const watching = watch();

  return {
    seen: () => seen,
    connections: () => connections,
    async stop() {
      stopped.abort();
      await watching;
    },
  };

  async function watch(): Promise<void> {
    for (let turn = first; !stopped.signal.aborted; turn += 1) {
      await readStream(urls[turn % urls.length] ?? "").catch(() => {});
      await sleep(100, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  async function readStream(url: string): Promise<void> {
    const silent = new AbortController();
    const alarm = setTimeout(() => silent.abort(), silenceMs);
    try {
      await readUntil(url, AbortSignal.any([stopped.signal, silent.signal]), () => alarm.refresh());
    } finally {
      clearTimeout(alarm);
    }
  }

  async function readUntil(url: string, signal: AbortSignal, onPiece: () => void): Promise<void> {
    const input = JSON.stringify({ lastEventId: String(seen.at(-1) ?? 0n) });
    const response = await fetch(`${url}/api/trpc/syncs.watch?input=${encodeURIComponent(input)}`, {
      headers: { ...HEADERS, accept: "text/event-stream" },
      signal,
    });
    if (response.status !== 200 || response.body === null) throw new Error(`not a stream: ${response.status}`);
    connections += 1;
    let rest = "";
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      onPiece();
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("id: ")) seen.push(BigInt(line.slice("id: ".length)));
    }
  }
}
