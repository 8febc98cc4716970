/**
 * Serves the files of a folder as they are at the moment, without entity tags: a source that says everything each time.
 *
 *   node perf/processes/serve-folder.ts FOLDER
 */
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";

const folder = process.argv[2] ?? "";
const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  createReadStream(join(folder, basename(request.url ?? ""))).pipe(response);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
