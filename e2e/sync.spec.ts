import { expect, test } from "./fixtures.ts";

test.afterEach(async ({ market }) => market.clearFaults());

test("an operator presses Sync now, watches real progress, and sees it end well", async ({
  page,
  market,
  consoleErrors,
}) => {
  await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.3" });
  await market.setFault({ feed: "models-dev", kind: "drip", bytesPerSecond: 200_000, times: 1 });
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByRole("link", { name: "Watch it" }).click();
  await expect(page).toHaveURL(/\/syncs\/[0-9a-f-]{36}$/);
  const percent = page.getByRole("progressbar");
  await expect.poll(async () => Number(await percent.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  await expect(page.getByText("success", { exact: false }).first()).toBeVisible();
  await expect(percent).toHaveAttribute("aria-valuenow", "100");
  await expect(page.getByRole("log")).toContainText("Success: 4 of 4 sources");
  expect(consoleErrors).toEqual([]);
});

test("an operator queues several syncs behind one that runs, and cancels one that waits", async ({
  page,
  market,
  api,
}) => {
  await market.setFault({ feed: "models-dev", kind: "delay", delayMs: 6_000, times: 1 });
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  for (let click = 0; click < 3; click += 1) {
    await page.getByRole("button", { name: "Sync now" }).click();
    await expect
      .poll(async () => {
        const { running, queued } = await api.query<{ running: unknown[]; queued: unknown[] }>("syncs.active");
        return running.length + queued.length;
      })
      .toBe(click + 1);
    // Two clicks within half a second are one.
    await page.waitForTimeout(550);
  }
  await expect(page.getByRole("heading", { name: "Queue (2)" })).toBeVisible();
  const { queued } = await api.query<{ queued: { jobId: string }[] }>("syncs.active");
  await page
    .getByRole("button", { name: /cancel/i })
    .last()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it out" }).click();
  await expect
    .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId: queued.at(-1)?.jobId })).status)
    .toBe("cancelled");
  await expect
    .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId: queued[0]?.jobId })).status, {
      timeout: 30_000,
    })
    .toBe("success");
  await expect(page.getByText("No sync is running")).toBeVisible();
});

test("an operator sees which source failed and why, and that the others went on", async ({ page, market, api }) => {
  await market.setFault({ feed: "openrouter", kind: "status", status: 410, times: 1 });
  const { jobId, status } = await api.sync();
  expect(status).toBe("partial");
  await page.goto(`/syncs/${jobId}`);
  await expect(page.getByText("partial", { exact: false }).first()).toBeVisible();
  await expect(page.getByText(/answered 410/).first()).toBeVisible();
  await page.goto("/");
  await expect(page.getByText(/1 of 4 sources failed/)).toBeVisible();
  await api.sync();
  await expect(page.getByText(/All 4 sources are fresh/)).toBeVisible();
});

test("ten scripts trigger at once while one sync runs: ten ids in under a second each, one at a time, all end well", async ({
  api,
  market,
}) => {
  await market.setFault({ feed: "litellm", kind: "delay", delayMs: 1_500, times: 1 });
  const first = await api.mutate<{ jobId: string }>("syncs.trigger");
  const times: number[] = [];
  const jobs = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const start = performance.now();
      const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
      times.push(performance.now() - start);
      return jobId;
    }),
  );
  expect(new Set([first.jobId, ...jobs]).size).toBe(11);
  expect(Math.max(...times)).toBeLessThan(1_000);
  for (const jobId of jobs) {
    await expect
      .poll(
        async () => {
          const { running } = await api.query<{ running: unknown[] }>("syncs.active");
          expect(running.length).toBeLessThanOrEqual(1);
          return (await api.query<{ status: string }>("syncs.get", { jobId })).status;
        },
        { timeout: 30_000 },
      )
      .toBe("success");
  }
});
