import { openFaultProxy } from "#/testing/fault-proxy.ts";
import { expect, test } from "./fixtures.ts";

test("a watcher of a run sees a server restart: stale while it lasts, live again after it, and not one event missed", async ({
  page,
  stack,
  market,
  api,
}) => {
  test.setTimeout(120_000);
  await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.4" });
  await market.setFault({ feed: "models-dev", kind: "drip", bytesPerSecond: 4_000, times: 1 });
  const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
  await page.goto(`/syncs/${jobId}`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expect(page.getByRole("log")).toContainText("Attempt 1 started");

  await stack.server().stop("SIGKILL");
  await expect(page.getByText(/^Reconnecting/)).toBeVisible();
  await expect(page.getByText(/data is \d+ s old/)).toBeVisible();
  await stack.restart("SIGKILL");
  await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 30_000 });

  await expect
    .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId })).status, { timeout: 60_000 })
    .toBe("success");
  await market.clearFaults();
  const log = page.getByRole("log");
  await expect(log).toContainText("Success: 3 of 3 sources", { timeout: 30_000 });
  for (const words of ["Queued by", "Attempt 1 started", "in attempt 1; trying again", "Attempt 2 started"])
    await expect(log).toContainText(words);
  for (const feed of ["openrouter", "litellm", "models-dev"])
    await expect(log).toContainText(new RegExp(`market-${feed}: [\\d,]+ offers`));

  const seen = await log.locator("[data-kind]").allInnerTexts();
  await page.reload();
  await expect(log).toContainText("Success: 3 of 3 sources");
  // What was seen live, across the restart, is what the whole record says.
  expect(seen.length).toBeGreaterThan(6);
  await expect.poll(async () => log.locator("[data-kind]").allInnerTexts()).toEqual(seen);
});

test("a watcher whose connection has gone dead without a word is live again by itself, with not one event missed", async ({
  page,
  stack,
  market,
  api,
}) => {
  test.setTimeout(120_000);
  const { port } = new URL(stack.url);
  const proxy = await openFaultProxy(() => Number(port));
  try {
    await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.5" });
    await market.setFault({ feed: "models-dev", kind: "drip", bytesPerSecond: 60_000, times: 1 });
    const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
    await page.goto(`${stack.url.replace(port, String(proxy.port))}/syncs/${jobId}`);
    const log = page.getByRole("log");
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await expect(log).toContainText("Attempt 1 started");

    proxy.setModeOfOpen({ kind: "black-hole" });
    await expect
      .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId })).status, { timeout: 30_000 })
      .toBe("success");
    await expect(log).not.toContainText("Success");
    await expect(log).toContainText("Success: 3 of 3 sources", { timeout: 60_000 });
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    const seen = await log.locator("[data-kind]").allInnerTexts();
    await page.reload();
    await expect.poll(async () => log.locator("[data-kind]").allInnerTexts()).toEqual(seen);
  } finally {
    await market.clearFaults();
    await proxy.close();
  }
});
