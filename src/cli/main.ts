#!/usr/bin/env node
import { EXIT } from "#/cli/exit-code.ts";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { runCli } from "#/cli/run-cli.ts";
import { USUAL_PACE } from "#/cli/session.ts";

const interruption = new AbortController();
process.on("SIGINT", () => {
  // A second one is for somebody who does not want to wait for the first.
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
});

// Whoever reads the output has seen enough: `ratebook prices list | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  interrupted: interruption.signal,
  createClient: createRatebookClient,
  pace: USUAL_PACE,
});
