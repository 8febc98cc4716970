import { expect, test } from "vitest";
import { runInSlices, type BulkReport } from "#/ui/syncs/run-in-slices.model.ts";

const IDS = Array.from({ length: 12 }, (_, index) => `job-${index}`);
const cancelled = async (slice: readonly string[]) => slice.map((jobId) => ({ outcome: "cancelled", jobId }));

async function run(send: Parameters<typeof runInSlices>[1], stop = new AbortController()): Promise<BulkReport[]> {
  const reports: BulkReport[] = [];
  await runInSlices(IDS, send, { signal: stop.signal, onReport: (report) => reports.push(report) });
  return reports;
}

test("many runs are sent slice by slice, with a report after each", async () => {
  const reports = await run(cancelled);
  expect(reports.map(({ state, sent }) => [state, sent])).toEqual([
    ["running", 0],
    ["running", 5],
    ["running", 10],
    ["running", 12],
    ["done", 12],
  ]);
});

test("a refusal is named and the others go on", async () => {
  const send = async (slice: readonly string[]) =>
    slice.map((jobId) =>
      jobId === "job-3" ? { outcome: "refused", jobId, message: "It has ended" } : { outcome: "queued", jobId },
    );
  const last = (await run(send)).at(-1);
  expect(last).toMatchObject({ state: "done", done: 11, refused: [{ jobId: "job-3", message: "It has ended" }] });
});

test("an abort stops before the next slice, and a failure ends it with what was done", async () => {
  const stop = new AbortController();
  const stopping = async (slice: readonly string[]) => {
    stop.abort();
    return cancelled(slice);
  };
  expect((await run(stopping, stop)).at(-1)).toMatchObject({ state: "stopped", sent: 5, done: 5 });

  const error = new Error("away");
  let calls = 0;
  const failing = async (slice: readonly string[]) => {
    calls += 1;
    if (calls === 2) throw error;
    return cancelled(slice);
  };
  expect((await run(failing)).at(-1)).toEqual({ state: "failed", sent: 5, done: 5, refused: [], error });
});
