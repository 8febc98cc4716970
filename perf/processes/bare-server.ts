/**
 * The floor for what the server answers: Fastify alone, which sends the bytes and headers of a file that it is given, or a 304.
 *
 *   node perf/processes/bare-server.ts FILE.json
 */
import { readFileSync } from "node:fs";
import Fastify from "fastify";

type Answer = Readonly<{ path: string; headers: Readonly<Record<string, string>>; body: string }>;

const answers = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as readonly Answer[];
const app = Fastify();
for (const { path, headers, body } of answers) {
  const bytes = Buffer.from(body, "base64");
  app.get(path, (_request, reply) => reply.headers(headers).send(bytes));
}
app.get("/304", (_request, reply) => reply.code(304).send());
process.stdout.write(`ready at ${await app.listen({ host: "127.0.0.1", port: 0 })}\n`);
