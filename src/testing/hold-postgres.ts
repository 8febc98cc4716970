import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { stopOnSignals } from "#/platform/stop-on-signals.ts";

/** A process that only holds the embedded Postgres of the folder it is given, for tests that kill it. */
const server = await openEmbeddedPostgres(process.argv[2] ?? "");
stopOnSignals(server.close);
process.stdout.write(`open ${server.url}\n`);
setInterval(() => {}, 60_000);
