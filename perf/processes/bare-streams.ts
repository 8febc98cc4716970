/**
 * The floor for live events: a bare HTTP server that keeps every response open and writes to all of them what a notification brings.
 *
 *   node perf/processes/bare-streams.ts DATABASE_URL CHANNEL
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";

const [, , url = "", channel = ""] = process.argv;
const open = new Set<ServerResponse>();
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  open.add(response);
  response.once("close", () => open.delete(response));
});
const sql = postgres(url, { max: 1 });
await sql.listen(channel, (payload) => {
  const bytes = Buffer.from(`data: ${payload}\n\n`);
  for (const response of open) response.write(bytes);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
