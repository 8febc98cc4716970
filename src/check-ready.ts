import { readConfig, type Config } from "#/config.ts";
import { AppError } from "#/platform/errors.ts";
import { runMain } from "#/platform/run-main.ts";

/** A worker serves nothing but its metrics, and says there whether it is ready. */
function findPort({ role, port, metricsPort }: Config): string {
  if (role !== "worker") return String(port);
  if (metricsPort === undefined)
    throw new AppError("INVALID", "METRICS_PORT is not set, so this worker can't be asked whether it is ready");
  return String(metricsPort);
}

// A container's health check: fails unless the process in it says that it is ready.
runMain(async () => {
  const config = readConfig(process.env);
  const url = new URL("http://127.0.0.1/readyz");
  if (!["0.0.0.0", "::"].includes(config.host))
    url.hostname = config.host.includes(":") ? `[${config.host}]` : config.host;
  url.port = findPort(config);
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  if (!answer.ok) process.exitCode = 1;
});
