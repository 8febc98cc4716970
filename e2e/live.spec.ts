import { FEEDS } from "#/market/feed.ts";
import { openFaultProxy, type FaultMode, type FaultProxy } from "#/testing/fault-proxy.ts";
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
  await expect(page.locator("[data-stale]")).toHaveCSS("filter", /grayscale/);
  await stack.restart("SIGKILL");
  await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 30_000 });

  await expect
    .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId })).status, { timeout: 60_000 })
    .toBe("success");
  await market.clearFaults();
  const log = page.getByRole("log");
  await expect(log).toContainText("Success: 4 of 4 sources", { timeout: 30_000 });
  for (const words of ["Queued by", "Attempt 1 started", "in attempt 1; trying again", "Attempt 2 started"])
    await expect(log).toContainText(words);
  for (const feed of FEEDS) await expect(log).toContainText(new RegExp(`market-${feed}: [\\d,]+ offers`));

  const seen = await log.locator("[data-kind]").allInnerTexts();
  await page.reload();
  // Of a run that has ended the log is folded away.
  await page.locator("summary", { hasText: "Event log" }).click();
  await expect(log).toContainText("Success: 4 of 4 sources");
  // What was seen live, across the restart, is what the whole record says.
  expect(seen.length).toBeGreaterThan(6);
  await expect.poll(async () => log.locator("[data-kind]").allInnerTexts()).toEqual(seen);
});

// What happens to the connections that are open when it begins; new ones work, but for the latency, which is everybody's.
const FAULTS = {
  "a connection that goes dead without a word": { kind: "black-hole" },
  "answers that are lost": { kind: "one-way" },
  "a reset": { kind: "reset" },
  "a second's latency": { kind: "latency", ms: 1_000 },
} as const satisfies Record<string, FaultMode>;

// A minute of silence, mostly: in the long form alone.
test("@long a watcher is live again by itself after every fault of the network, with not one event missed", async ({
  page,
  stack,
  market,
  api,
}) => {
  test.setTimeout(200_000);
  const { port } = new URL(stack.url);
  const proxies: FaultProxy[] = [];
  try {
    await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.5" });
    // The run goes on until somebody stops it, however long the pages take.
    await market.setFault({ feed: "models-dev", kind: "drip", bytesPerSecond: 100, times: 1 });
    const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
    const watchers = await Promise.all(
      Object.entries(FAULTS).map(async ([name, mode]) => {
        const proxy = await openFaultProxy(() => Number(port));
        proxies.push(proxy);
        const own = await page.context().newPage();
        await own.goto(`${stack.url.replace(port, String(proxy.port))}/syncs/${jobId}`);
        const log = own.getByRole("log");
        await expect(own.getByText("Live", { exact: true }), name).toBeVisible();
        await expect(log, name).toContainText("Attempt 1 started");
        return { name, mode, proxy, own, log };
      }),
    );

    for (const { mode, proxy } of watchers) {
      if (mode.kind === "latency") proxy.setMode(mode);
      else proxy.setModeOfOpen(mode);
    }
    await api.mutate("syncs.cancel", { jobId });
    await expect
      .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId })).status, { timeout: 30_000 })
      .toBe("cancelled");
    for (const { mode, name, log } of watchers)
      if (mode.kind === "black-hole" || mode.kind === "one-way")
        expect(await log.innerText(), name).not.toContain("Cancelled");
    await Promise.all(
      watchers.map(async ({ name, proxy, own, log }) => {
        await expect(log, name).toContainText("Cancelled by key:bootstrap", { timeout: 120_000 });
        await expect(own.getByText("Live", { exact: true }), name).toBeVisible();
        const seen = await log.locator("[data-kind]").allInnerTexts();
        proxy.setMode({ kind: "pass" });
        await own.reload();
        await expect.poll(async () => log.locator("[data-kind]").allInnerTexts(), name).toEqual(seen);
        await own.close();
      }),
    );
  } finally {
    await market.clearFaults();
    for (const proxy of proxies) await proxy.close();
  }
});

test("whoever opens the page of a sync that has ended never sees it stale, though its stream ends and another one begins", async ({
  page,
  api,
}) => {
  const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
  await expect
    .poll(async () => (await api.query<{ status: string }>("syncs.get", { jobId })).status, { timeout: 60_000 })
    .toBe("success");
  await page.addInitScript(() => {
    const look: MutationCallback = (_changes, observer) => {
      if (document.querySelector("[data-stale]") === null) return;
      document.documentElement.dataset["wasStale"] = "";
      observer.disconnect();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const ofAll = page.waitForResponse((response) => response.url().endsWith("syncs.watch?input=%7B%7D"));
  await page.goto(`/syncs/${jobId}`);
  await ofAll;
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expect(page.locator("html")).not.toHaveAttribute("data-was-stale");
});
