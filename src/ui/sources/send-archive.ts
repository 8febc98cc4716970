import { RefusedError } from "#/ui/feedback/describe-error.model.ts";

type Archive = Readonly<{ source: string; file: File; at: string; dryRun: boolean }>;

/** Sends an archived payload as it is; throws with the server's own words when it refuses. */
export async function sendArchive({ source, file, at, dryRun }: Archive): Promise<{ jobId: string }> {
  const query = new URLSearchParams({ at, ...(dryRun ? { dry_run: "true" } : {}) });
  const response = await fetch(`/v1/sources/${encodeURIComponent(source)}/backfill?${query.toString()}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file,
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer === "object" && answer !== null) {
    if (response.ok && "job_id" in answer && typeof answer.job_id === "string") return { jobId: answer.job_id };
    if ("detail" in answer && typeof answer.detail === "string") throw new RefusedError(answer.detail, response.status);
  }
  throw new RefusedError(`The server answered ${response.status}.`, response.status);
}
