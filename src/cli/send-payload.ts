import { CliError } from "#/cli/describe-failure.ts";
import { callRest } from "#/cli/rest-call.ts";
import type { Session } from "#/cli/session.ts";

type Payload = Readonly<{ source: string; at: string; body: Uint8Array<ArrayBuffer>; dryRun?: boolean }>;

/** Queues an archived payload; answers the job. */
export async function sendPayload(session: Session, { source, at, body, dryRun = false }: Payload): Promise<string> {
  const query = new URLSearchParams({ at, ...(dryRun ? { dry_run: "true" } : {}) });
  const path = `/v1/sources/${encodeURIComponent(source)}/backfill?${query.toString()}`;
  const headers = { "content-type": "application/octet-stream" };
  const response = await callRest(session, path, { method: "POST", body, headers });
  const answer: unknown = await response.json();
  const jobId = typeof answer === "object" && answer !== null && "job_id" in answer ? answer.job_id : undefined;
  if (typeof jobId !== "string") throw new CliError("The server did not answer with a job; is it a Ratebook server?");
  return jobId;
}
