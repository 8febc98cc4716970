import type { Page } from "playwright";
import type { StackApi } from "#/testing/stack-api.ts";
import { linkToRun } from "./pages.ts";
import { watchTraffic, type Traffic } from "./traffic.ts";

/** What a page that is open asks for because of one sync, from its trigger until a while after its end. */
export async function measureSyncTraffic(page: Page, sync: () => Promise<unknown>): Promise<Traffic> {
  const read = await watchTraffic(page);
  await sync();
  await page.waitForTimeout(2_000);
  return read();
}

/**
 * How long it takes from the instant that the database gives a new run, which is before its commit, until the open overview shows it,
 * in ms. Both clocks are this machine's.
 */
export async function timeEvents(page: Page, api: StackApi, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const input = { sources: ["market-genai-prices"], dryRun: true };
    const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger", input);
    const shownAt = await page.waitForFunction(
      (link) => document.querySelector(link) !== null && performance.timeOrigin + performance.now(),
      linkToRun(jobId),
      { polling: "raf", timeout: 15_000 },
    );
    const { triggeredAt } = await api.query<{ triggeredAt: string }>("syncs.get", { jobId });
    times.push(Number(await shownAt.jsonValue()) - Date.parse(triggeredAt));
    await waitForEnd(api, jobId);
  }
  return times;
}

async function waitForEnd(api: StackApi, jobId: string): Promise<void> {
  for (;;) {
    const { status } = await api.query<{ status: string }>("syncs.get", { jobId });
    if (!/queued|running/.test(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
