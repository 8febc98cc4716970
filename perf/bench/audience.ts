import { Agent, get, type IncomingMessage } from "node:http";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { STACK_KEY } from "#/testing/open-stack.ts";
import { quantile } from "../quantile.ts";
import type { Bench } from "./run-bench.ts";

/** Events belong to a job; no worker runs it here. */
export async function queueJob(bench: Bench, databaseUrl: string): Promise<string> {
  const { db } = bench.connect(databaseUrl);
  const queues = await openQueues({ url: databaseUrl, log: createLog("silent") });
  bench.onClose("queues", queues.close);
  const actor = { kind: "system", id: "bench", label: "bench", role: "admin" } as const;
  return (await triggerSync({ db, queue: await queues.open(SYNC_QUEUE) }, actor, {})).jobId;
}

/** Open streams of events, so many at most, that all hear the same. */
export function createAudience(most: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: most });
  const streams: IncomingMessage[] = [];
  let expected = "";
  let heardAt: number[] = [];
  let onAll: () => void = () => {};

  function openOne(url: string): Promise<void> {
    const headers = { authorization: `Bearer ${STACK_KEY}`, accept: "text/event-stream" };
    return new Promise((resolve, reject) => {
      get(url, { agent, headers }, (stream) => {
        if (stream.statusCode !== 200) return reject(new Error(`a watcher was answered ${stream.statusCode}`));
        streams.push(stream);
        stream.setEncoding("utf8");
        stream.on("data", (piece: string) => {
          if (expected === "" || !piece.includes(expected)) return;
          heardAt.push(performance.now());
          if (heardAt.length === streams.length) onAll();
        });
        // It is destroyed at the end.
        stream.on("error", () => {});
        resolve();
      }).on("error", reject);
    });
  }
  return {
    async open(url: string, count: number): Promise<void> {
      for (let opened = 0; opened < count; opened += 50)
        await Promise.all(Array.from({ length: Math.min(50, count - opened) }, () => openOne(url)));
    },
    /** Milliseconds from the end of `say` until 95 of 100 have heard it. */
    async hear(text: string, say: () => Promise<unknown>): Promise<number> {
      const all = Promise.withResolvers<void>();
      [expected, heardAt, onAll] = [text, [], all.resolve];
      await say();
      const saidAt = performance.now();
      await all.promise;
      return quantile(
        heardAt.map((at) => at - saidAt),
        0.95,
      );
    },
    close() {
      for (const stream of streams) stream.destroy();
      agent.destroy();
    },
  };
}
