import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, expectAccessible, test } from "./fixtures.ts";

const isoMinute = (ms: number) => new Date(ms).toISOString().slice(0, 16);

test.describe("west of Greenwich", () => {
  test.use({ timezoneId: "America/Los_Angeles" });

  test("an operator pins a price until an instant of their own zone, a sync does not move it, and clears it again", async ({
    page,
    api,
    market,
  }) => {
    await page.goto("/prices/anthropic/claude-opus-5");
    await page.getByRole("button", { name: "Pin a price" }).click();
    await page.getByLabel("What", { exact: true }).selectOption("input");
    await page.getByLabel(/^Input, USD per 1M tokens/).fill("4.321");
    await page.getByLabel("Reason").fill("our contract");
    await page.getByLabel("Ends at (America/Los_Angeles)").fill("2099-12-31T18:00");
    await expect(page.getByText("That is 1 Jan 2100, 02:00:00 UTC.")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    const force = page.getByRole("region", { name: "Price in force" });
    await expect(force).toContainText("$4.321");
    await expect(force).toContainText("our contract; ends Thu 31 Dec 2099, 18:00");
    // The exact instant, in the reader's zone and in UTC.
    const end = force.locator('time[datetime^="2100-01-01T02:00"]');
    await end.hover();
    await expect(end).toHaveAttribute("title", /^31 Dec 2099, 18:00:00.*\n1 Jan 2100, 02:00:00 UTC$/);
    const { pins } = await api.query<{ pins: { model: string; expiresAt: string }[] }>("prices.pins", {});
    expect(Date.parse(pins.find(({ model }) => model === "claude-opus-5")?.expiresAt ?? "")).toBe(
      Date.parse("2100-01-01T02:00:00Z"),
    );
    await page.getByRole("link", { name: "Changes" }).last().click();
    await expect(page.getByRole("row", { name: /^Thu 31 Dec 2099, 18:00/ })).toContainText("the pin ends");
    await expect(page.getByRole("row", { name: /^Input \$4\.321pinned/ })).toContainText("differs");
    await expectAccessible(page);

    await market.setPrice({ model: "anthropic/claude-opus-5", meter: "input", usdPerMillion: "5.5" });
    await api.sync();
    await page.reload();
    await expect(force).toContainText("$4.321");
    await page.getByRole("button", { name: "Clear the pin of input" }).click();
    await page.getByRole("button", { name: "Clear the pin", exact: true }).click();
    await expect(force).not.toContainText("$4.321");
  });
});

test("an operator reads what a price was before, what a request costs, and where the prices come from, each at its address", async ({
  page,
  api,
  market,
}) => {
  const model = "claude-sonnet-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "input", usdPerMillion: "3.21" });
  await api.sync();
  await market.setPrice({ model: `anthropic/${model}`, meter: "input", usdPerMillion: "2.9876" });
  await api.sync();
  await page.goto(`/prices/anthropic/${model}`);
  await expect(page.getByRole("region", { name: "Price in force" })).toContainText("$2.9876");
  await expect(page.getByRole("region", { name: "Price in force" })).toContainText(/From market-.*, in force since/);
  await expect(page.getByRole("img", { name: /^Input, \$ per 1M tokens: the price of/ })).toBeVisible();
  const steps = page.getByRole("table", { name: "The prices of the chart" });
  await expect(steps).toContainText("in force $3.21");
  await page.getByLabel("Charge").selectOption("output/token");
  await expect(page).toHaveURL(/charge=output/);
  await expectAccessible(page);

  const views = page.getByRole("navigation", { name: "Views of the model" });
  await views.getByRole("link", { name: "Changes" }).click();
  await expect(page).toHaveURL(/view=changes/);
  const history = page.getByRole("region", { name: "Changes" });
  await expect(history).toContainText("$3.21");
  await history.getByText("By source", { exact: true }).click();
  await expect(history).toContainText("market-");
  await expectAccessible(page);

  await views.getByRole("link", { name: "Calculator" }).click();
  const calculator = page.getByRole("region", { name: "What a request costs" });
  await calculator.getByRole("textbox", { name: "Output, tokens", exact: true }).fill("");
  await calculator.getByRole("textbox", { name: "Input, tokens", exact: true }).fill("10000");
  await expect(calculator.getByRole("status")).toHaveText("$0.029876 a request, $29.876 for 1,000 requests");
  await calculator.getByLabel(/^At \(/).fill("2020-01-01T00:00");
  await expect(calculator.getByRole("status")).toHaveText("No price of anthropic was known then.");
  await expectAccessible(page);

  await page.goBack();
  await expect(history).toBeVisible();
  await views.getByRole("link", { name: "Evidence" }).click();
  await expect(page.getByRole("table", { name: "Where the prices come from" })).toContainText("Payload digest");
  await expectAccessible(page);
});

test("an operator approves a held price on the page of its model", async ({ page, api, market }) => {
  const model = "claude-haiku-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "input", usdPerMillion: "210000" });
  await api.sync();
  await page.goto(`/prices/anthropic/${model}`);
  const held = page.getByRole("region", { name: /^Held price from market-/ });
  await expect(held.first()).toContainText("$210,000.00 per 1M tokens");
  await expect(page.getByText("$210000")).toHaveCount(0);
  await expectAccessible(page);
  const before = await held.count();
  await held.first().getByRole("button", { name: "Reject" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("the unit is wrong");
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText("The held price is rejected.")).toBeVisible();
  await expect(held).toHaveCount(before - 1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(held).toHaveCount(before);
  await held.first().getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("checked by hand");
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("The held price is in force.")).toBeVisible();
});

test("somebody asks what a model cost at another instant, and what was known then", async ({ page, api: _ready }) => {
  await page.goto("/prices/anthropic/claude-opus-5");
  const force = page.getByRole("region", { name: "Price in force" });
  const text = await force.getByRole("definition").first().textContent();
  await page.goto(`/prices/anthropic/claude-opus-5?at=${isoMinute(Date.now() + 3_600_000)}`);
  await expect(page.getByText(/^The price in force at/)).toBeVisible();
  await expect(force).toContainText(text ?? "no price");
  await expect(page.getByRole("button", { name: "Pin a price" })).toHaveCount(0);
  await page.getByLabel(/^As known at \(/).fill("2020-01-01T00:00");
  await expect(page.getByText("No price was known at that time")).toBeVisible();
  await expect(page).toHaveURL(/knownAt=20/);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Back to now" }).click();
  await expect(force).toContainText(text ?? "no price");
});

test("a model with three sources and seven charges fits one screen, and nothing is cut on a phone", async ({
  page,
  api,
}) => {
  type Listed = { seller: string; model: string; variant: string; charges: unknown[]; offers: { source: string }[] };
  const { rates } = await api.query<{ rates: Listed[] }>("prices.list", { state: "priced", limit: 500 });
  const sourcesOf = ({ offers }: Listed) => new Set(offers.map(({ source }) => source)).size;
  const [rate] = rates
    .filter((one) => one.variant === "default" && one.charges.length <= 7 && sourcesOf(one) === 3)
    .toSorted((a, b) => b.charges.length - a.charges.length);
  const path = `/prices/${rate?.seller}/${rate?.model}`;
  await page.setViewportSize({ width: 1440, height: 900 });
  const answer = await page.goto(path);
  expect(await answer?.text(), "the first paint has the prices").toContain("Prices by source");
  const chart = page.getByRole("region", { name: "Price over time" });
  await expect(chart.locator("canvas")).toBeVisible();
  const box = await chart.boundingBox();
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(900);
  for (const width of [768, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await expect(page.getByRole("button", { name: "Pin a price" })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole("button", { name: "Look at another time" })).toBeInViewport({ ratio: 1 });
    const frame = page.getByRole("group", { name: "Prices by source, scrolls sideways" });
    await frame.evaluate((element) => element.scrollTo(element.scrollWidth, 0));
    await frame.scrollIntoViewIfNeeded();
    await expect(frame.getByRole("rowheader", { name: "Input", exact: true })).toBeInViewport({ ratio: 1 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `wider than ${width} px`).toBeLessThanOrEqual(0);
  }
});

test("a page under another spelling of the seller shows the same price, and a model that is not there is a 404", async ({
  page,
  api: _ready,
}) => {
  await page.goto("/prices/Anthropic/claude-sonnet-5");
  await expect(page.getByRole("region", { name: "Price in force" })).toContainText("in force since");
  const answer = await page.goto("/prices/anthropic/claude-nowhere-99");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});

test("a model whose first price is held has a page, on which the price is approved", async ({ page, api }) => {
  const entry = { litellm_provider: "openai", mode: "chat", input_cost_per_token: 0.5, output_cost_per_token: 0.5 };
  const list = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ "dear-model": entry }));
  });
  await new Promise<void>((resolve) => {
    list.listen(0, "127.0.0.1", resolve);
  });
  const { port } = list.address() as AddressInfo;
  await api.mutate("sources.add", { name: "dear-list", kind: "litellm", url: `http://127.0.0.1:${port}/` });
  await api.sync();
  const answer = await page.goto("/prices/openai/dear-model");
  expect(answer?.status()).toBe(200);
  expect(await answer?.text()).toContain("A price from");
  await expect(page.getByText("No price is in force")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("checked by hand");
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("region", { name: "Price in force" })).toContainText("$500,000.00");
  await expect(page.getByRole("region", { name: "Price in force" })).toContainText("From dear-list, in force since");
  await api.mutate("sources.disable", { name: "dear-list", reason: "the test is over" });
  list.close();
});
