/**
 * What tRPC itself takes for live events: a Fastify with one subscription that yields to each client what a notification brings.
 *
 *   node perf/processes/trpc-streams.ts DATABASE_URL CHANNEL
 */
import { EventEmitter, on } from "node:events";
import { initTRPC, tracked } from "@trpc/server";
import { fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import fastify from "fastify";
import postgres from "postgres";

const [, , url = "", channel = ""] = process.argv;
const news = new EventEmitter().setMaxListeners(0);
const sql = postgres(url, { max: 1 });
await sql.listen(channel, (payload) => {
  news.emit("event", JSON.parse(payload));
});

const t = initTRPC.create({ sse: { ping: { enabled: true, intervalMs: 15_000 } } });
const router = t.router({
  watch: t.procedure.subscription(async function* ({ signal }) {
    for await (const [event] of on(news, "event", { signal: signal ?? new AbortController().signal }))
      yield tracked(String(event.id), event);
  }),
});
const app = fastify();
await app.register(fastifyTRPCPlugin, { prefix: "/api/trpc", trpcOptions: { router } });
process.stdout.write(`ready at ${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
