import { readFile } from "node:fs/promises";
import { arrayBuffer } from "node:stream/consumers";
import type { Command } from "commander";
import { defineCommand, formatNote, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import type { ExitCode } from "#/cli/exit-code.ts";
import { followJob } from "#/cli/follow-job.ts";
import { callRest } from "#/cli/rest-call.ts";
import type { Session } from "#/cli/session.ts";

type Options = Readonly<{ at: string; dryRun?: boolean }>;

/** `ratebook backfill SOURCE FILE --at INSTANT` */
export function addBackfillCommand(program: Command, run: Run): void {
  defineCommand(
    program,
    "backfill",
    "Reads an archived payload as if it had been fetched at an instant of the past.",
    [
      "backfill litellm 2026-07-05.json --at 2026-07-05T00:00:00Z",
      "backfill litellm - --at 2026-07-05T00:00:00Z < map.json",
    ],
    "sync",
  )
    .argument("<source>", "the source it came from")
    .argument("<file>", 'the payload as it came; "-" reads it from stdin')
    .requiredOption("--at <instant>", "when it was seen, such as 2026-07-05T00:00:00Z")
    .option("--dry-run", "only say what would change and be held")
    .addHelpText(
      "after",
      formatNote(
        "It goes through the same guard as a sync, and waits for its end. Payloads are added in the order of time: one from before what the book has seen of the source is refused.",
      ),
    )
    .action((source: string, file: string, options: Options, command: Command) =>
      run(command, (session) => backfill(session, source, file, options)),
    );
}

async function backfill(session: Session, source: string, file: string, { at, dryRun }: Options): Promise<ExitCode> {
  const body = await readPayload(file);
  const query = new URLSearchParams({ at, ...(dryRun === true ? { dry_run: "true" } : {}) });
  const path = `/v1/sources/${encodeURIComponent(source)}/backfill?${query.toString()}`;
  const headers = { "content-type": "application/octet-stream" };
  const response = await callRest(session, path, { method: "POST", body, headers });
  const answer: unknown = await response.json();
  const jobId = typeof answer === "object" && answer !== null && "job_id" in answer ? answer.job_id : undefined;
  if (typeof jobId !== "string") throw new CliError("The server did not answer with a job; is it a Ratebook server?");
  return followJob(session, jobId);
}

/** Its bytes as they are: text that was decoded may be other bytes when it is sent. */
async function readPayload(file: string): Promise<Uint8Array<ArrayBuffer>> {
  if (file === "-") return new Uint8Array(await arrayBuffer(process.stdin));
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${file} can't be read: ${cause.code ?? cause.message}`);
  });
}
