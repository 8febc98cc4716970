/** How far work on many runs is. */
export type BulkReport = Readonly<{
  state: "running" | "done" | "stopped" | "failed";
  sent: number;
  done: number;
  refused: readonly Readonly<{ jobId: string; message: string }>[];
  /** What ended it, when it `failed`. */
  error?: unknown;
}>;

type Result = Readonly<{ outcome: string; jobId: string; message?: string | undefined }>;
type Options = Readonly<{ signal: AbortSignal; onReport: (report: BulkReport) => void }>;

const SLICE = 5;

/**
 * Sends ids in slices, one after the other, and reports after each. An abort stops it before the next slice; a slice that
 * fails ends it. Never throws.
 */
export async function runInSlices(
  jobIds: readonly string[],
  send: (slice: readonly string[]) => Promise<readonly Result[]>,
  { signal, onReport }: Options,
): Promise<void> {
  let report: BulkReport = { state: "running", sent: 0, done: 0, refused: [] };
  onReport(report);
  for (let start = 0; start < jobIds.length && !signal.aborted; start += SLICE) {
    const slice = jobIds.slice(start, start + SLICE);
    try {
      report = addResults(report, await send(slice));
    } catch (error) {
      onReport({ ...report, state: "failed", error });
      return;
    }
    onReport(report);
  }
  onReport({ ...report, state: report.sent < jobIds.length ? "stopped" : "done" });
}

function addResults(report: BulkReport, results: readonly Result[]): BulkReport {
  const refused = results.flatMap(({ outcome, jobId, message = "" }) =>
    outcome === "refused" ? [{ jobId, message }] : [],
  );
  return {
    ...report,
    sent: report.sent + results.length,
    done: report.done + results.length - refused.length,
    refused: [...report.refused, ...refused],
  };
}
