import { connect } from "node:net";

export type Load = Readonly<{ perSecond: number; p50Ms: number; p99Ms: number }>;
type Options = Readonly<{
  url: string;
  headers?: Readonly<Record<string, string>>;
  connections?: number;
  seconds?: number;
}>;

/**
 * Asks the same question again and again over some connections, one request at a time on each. A client of sockets alone, so that
 * it takes little of the machine that the server under test shares with it. Throws for any answer but the first one's status.
 */
export async function load({ url, headers = {}, connections = 16, seconds = 4 }: Options): Promise<Load> {
  const { hostname, port, pathname, search } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const times: number[] = [];
  // A client that sleeps has to be woken with every answer, which costs the server more than the answer does.
  let isOver = false;
  const stayAwake = () => {
    if (!isOver) setImmediate(stayAwake);
  };
  stayAwake();
  const start = performance.now();
  const endsAt = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: connections }, () => askUntil(endsAt, { host: hostname, port: Number(port), request, times })),
  );
  isOver = true;
  const tookSeconds = (performance.now() - start) / 1_000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { perSecond: times.length / tookSeconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

type Asking = Readonly<{ host: string; port: number; request: Buffer; times: number[] }>;

function askUntil(endsAt: number, { host, port, request, times }: Asking): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let sentAt = 0;
    let answer = createAnswer();
    const ask = () => {
      if (performance.now() >= endsAt) {
        socket.end(resolve);
        return;
      }
      sentAt = performance.now();
      answer = createAnswer();
      socket.write(request);
    };
    socket.once("connect", ask);
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      try {
        if (!answer.take(chunk)) return;
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      times.push(performance.now() - sentAt);
      ask();
    });
  });
}

/** Counts the bytes of one answer. `take` says whether it is complete; throws for one that is no 200 or 304. */
function createAnswer() {
  let head: Buffer = Buffer.alloc(0);
  let left: number | undefined;
  return {
    take(chunk: Buffer): boolean {
      if (left !== undefined) {
        left -= chunk.length;
        return left <= 0;
      }
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return false;
      left = readLength(head.toString("latin1", 0, end)) - (head.length - end - 4);
      return left <= 0;
    },
  };
}

function readLength(head: string): number {
  const [, status = ""] = /^HTTP\/1.1 (\d+) /.exec(head) ?? [];
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (status === "304") return 0;
  if (status !== "200" || length === undefined)
    throw new Error(`an answer that can't be counted: ${head.slice(0, 300)}`);
  return Number(length);
}
