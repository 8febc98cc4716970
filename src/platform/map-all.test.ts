import { expect, test } from "vitest";
import { mapAll } from "#/platform/map-all.ts";

const never = new AbortController().signal;

/** Ends a moment after its signal has aborted, as a request does whose connection is closed. */
async function untilAborted(signal: AbortSignal, ended: () => void): Promise<void> {
  while (!signal.aborted) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  ended();
}

test("results come in the order of the items, and no more tasks than allowed run at once", async () => {
  let [now, most] = [0, 0];
  const results = await mapAll(
    [1, 2, 3, 4, 5],
    async (item) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return item * 2;
    },
    { atOnce: 2, signal: never },
  );
  expect(results).toEqual([2, 4, 6, 8, 10]);
  expect(most).toBe(2);
});

test("after an abort nothing more begins, and it answers when the last task has ended", async () => {
  const abort = new AbortController();
  const [begun, ended]: [number[], number[]] = [[], []];
  const all = mapAll(
    [1, 2, 3, 4],
    (item, signal) => {
      begun.push(item);
      if (begun.length === 2) abort.abort(new Error("stopped"));
      return untilAborted(signal, () => ended.push(item));
    },
    { atOnce: 3, signal: abort.signal },
  );
  await expect(all).rejects.toThrow("stopped");
  expect(new Set(ended)).toEqual(new Set(begun));
  expect(begun.length).toBeLessThan(4);
});

test("a task that fails stops the others, which are waited for, and its failure is what is thrown", async () => {
  let ended = false;
  const all = mapAll(
    ["fails", "waits"],
    async (item, signal) => {
      if (item === "waits") return untilAborted(signal, () => (ended = true));
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error("it broke");
    },
    { atOnce: 2, signal: never },
  );
  await expect(all).rejects.toThrow("it broke");
  expect(ended).toBe(true);
});
