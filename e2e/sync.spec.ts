import { expect, expectAccessible, expectInView, test } from "./fixtures.ts";

test.afterEach(async ({ market }) => market.clearFaults());

test("an operator presses Sync now, watches real progress, and sees it end well", async ({
  page,
  market,
  consoleErrors,
}) => {
  test.setTimeout(120_000);
  await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.3" });
  await market.setFault({ feed: "models-dev", kind: "drip", bytesPerSecond: 8_000, times: 1 });
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByRole("link", { name: "Watch it" }).click();
  await expect(page).toHaveURL(/\/syncs\/[0-9a-f-]{36}$/);
  const percent = page.getByRole("progressbar");
  await expect.poll(async () => Number(await percent.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  await expect(page.getByText(/of 4 sources are done/)).toBeVisible();
  await expect(page.getByText(/left, going by|It takes longer than usual/)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("success", { timeout: 60_000 });
  await expect(percent).toHaveCount(0);
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
  const timeline = page.getByRole("region", { name: "Timeline" });
  await expect(timeline.getByText(/answered 410/)).toBeVisible();
  await expect(timeline.getByRole("row", { name: /market-litellm Fetch/ })).toBeAttached();
  await expect(page.getByRole("heading", { name: "Attempts" })).toHaveCount(0);
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

test("an operator who is about to cancel a run that ends meanwhile is told so in the question", async ({
  page,
  market,
  api,
}) => {
  await market.setFault({ feed: "models-dev", kind: "delay", delayMs: 5_000, times: 1 });
  const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
  await page.goto(`/syncs/${jobId}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: /^Cancel the sync/ }).click();
  const question = page.getByRole("dialog", { name: "Stop this sync?" });
  await expect(question).toContainText("It stops at the next safe point");
  await expect(question).toContainText("This sync has ended meanwhile", { timeout: 20_000 });
  await question.getByRole("button", { name: "Go back" }).click();
  await expect(question).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Cancel the sync/ })).toHaveCount(0);
});

const MODEL = "anthropic/claude-opus-5";

for (const width of [1440, 768, 390])
  test(`at ${width} px an operator sees what a run held and changed, the largest first, and finds the payloads`, async ({
    page,
    market,
    api,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    // A jump is held, a small change is not; each width has prices of its own.
    await market.setPrice({ model: MODEL, meter: "input", usdPerMillion: String(width) });
    await market.setPrice({ model: "openai/gpt-5.6", meter: "output", usdPerMillion: String(10 + width / 10_000) });
    await market.setFault({ feed: "genai-prices", kind: "status", status: 410, times: 1 });
    const { jobId } = await api.sync();
    await page.goto(`/syncs/${jobId}`);
    const held = page.getByRole("region", { name: "Held for review" });
    await expect(held.getByRole("link", { name: /claude-opus-5/ }).first()).toHaveAttribute(
      "href",
      /^\/review\?state=open&hold=\d+$/,
    );
    await expect(page.getByText("No price in force changed")).toHaveCount(0);
    const changed = page.getByRole("region", { name: "What changed" });
    await expect(changed).toContainText("gpt-5");
    // From what to what is one line, and two on a phone.
    const change = await changed
      .getByText(/^Output: \$/)
      .first()
      .boundingBox();
    expect(change?.height).toBeLessThan(width === 390 ? 50 : 30);
    const digest = page.locator('a[href^="/v1/payloads/"]').first();
    const payload = await page.request.get((await digest.getAttribute("href")) ?? "");
    expect(payload.headers()["content-disposition"]).toContain("attachment");
    expect((await payload.text()).length).toBeGreaterThan(100);
    await expectAccessible(page);
    await expectInView(page);
  });

test("an operator reverts a run from the page of the dry run, which says how many prices go back", async ({
  page,
  market,
  api,
}) => {
  await market.setPrice({ model: "openai/gpt-5.6", meter: "output", usdPerMillion: "11.1" });
  const { jobId } = await api.sync();
  await page.goto(`/syncs/${jobId}`);
  await page.getByRole("button", { name: "Revert" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Dry run" }).click();
  const plan = page.getByRole("region", { name: "What it would do" });
  await expect(plan).toContainText("$11.10");
  await plan.getByRole("button", { name: /^Revert (this price|these \d+ prices)$/ }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("a price of yesterday");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Revert th/ })
    .click();
  await expect(page.getByRole("region", { name: "What it did" })).toContainText("$11.10");
});

test("an operator compares two runs that are selected in the list", async ({ page, market, api }) => {
  await api.sync();
  await market.setPrice({ model: "openai/gpt-5.6", meter: "output", usdPerMillion: "10.7" });
  await market.setFault({ feed: "litellm", kind: "status", status: 410, times: 1 });
  await api.sync();
  await page.goto("/syncs");
  const boxes = page.getByRole("checkbox", { name: /^Select run/ });
  await boxes.nth(0).check();
  await expect(page.getByRole("link", { name: "Compare 2 runs" })).toHaveCount(0);
  await boxes.nth(1).check();
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  await expect(page).toHaveURL(/\/syncs\/compare\?a=[0-9a-f-]{36}&b=[0-9a-f-]{36}$/);
  await expect(page.getByRole("table", { name: "Sources of both runs" })).toContainText(/unchanged \| failed/);
  await expect(page.getByText(/^Run B: .*410/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Prices that the runs moved differently" })).toContainText("gpt-5");
  await expectAccessible(page);
});
