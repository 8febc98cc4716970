/**
 * The floor for a page: Next alone, in production, that serves an empty one. Builds it first.
 *
 *   node perf/processes/empty-page.ts
 */
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import next from "next";

const FOLDER = "perf/empty-page";
const { status } = spawnSync(process.execPath, ["node_modules/next/dist/bin/next", "build", FOLDER], {
  stdio: "inherit",
});
if (status !== 0) throw new Error("the empty page could not be built");
const app = next({ dev: false, dir: FOLDER });
await app.prepare();
const handle = app.getRequestHandler();
const server = createServer((request, response) => void handle(request, response));
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
