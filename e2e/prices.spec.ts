import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";

const rows = (page: Page) =>
  page
    .getByRole("table", { name: "Prices" })
    .getByRole("row")
    .filter({ has: page.getByRole("link") });
const counted = async (page: Page) => {
  const status = page.getByRole("status").filter({ hasText: /prices?$/ });
  await expect(status).toBeVisible();
  return Number(((await status.textContent()) ?? "").replaceAll(/\D/g, ""));
};

test("a reader without scripts sees the first prices, in a page of less than 300 kB", async ({ page, api: _ready }) => {
  const answer = await page.request.get("/prices");
  const html = await answer.text();
  expect(html.match(/data-index="/g)?.length ?? 0).toBeGreaterThan(15);
  expect(html).toMatch(/\$\d+\.\d\d/);
  // On a phone they are all that the two buttons show.
  for (const icon of ["columns-3", "download"]) expect(html).toContain(`tabler-icon-${icon}`);
  expect(Buffer.byteLength(html)).toBeLessThan(300_000);
});

test("after an unchanged sync the page asks once, and only for what has changed", async ({ page, api }) => {
  await page.goto("/prices");
  await counted(page);
  const refreshed = page.waitForResponse(/prices\.table/);
  await api.sync();
  await refreshed;
  const asked: string[] = [];
  page.on("response", (response) => {
    const { pathname, searchParams } = new URL(response.url());
    if (pathname.startsWith("/api/trpc/prices.")) asked.push(`${pathname} ${searchParams.get("input") ?? ""}`);
  });
  await api.sync();
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  // Whatever else the end of a sync asks for is asked together with it.
  await page.waitForTimeout(1_000);
  expect(asked).toEqual([expect.stringMatching(/prices\.table .*"after":"\d+","seenAt":"/)]);
});

test("a price that a sync changes changes in the open list", async ({ page, api, market }) => {
  await page.goto("/prices?q=anthropic+claude-sonnet-5");
  await counted(page);
  await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.1234" });
  await api.sync();
  await expect(rows(page).filter({ hasText: "$3.1234" }).first()).toBeVisible();
});

test("an operator sorts by any heading, and the order stands in the address", async ({ page, api: _ready }) => {
  await page.goto("/prices");
  await counted(page);
  for (const head of await page.getByRole("columnheader").getByRole("button").all()) {
    const [name = ""] = /^\w+/.exec((await head.textContent()) ?? "") ?? [];
    await head.click();
    await expect(page.locator('[aria-sort="ascending"]')).toHaveText(new RegExp(`^${name}`));
    await expect(page.locator('[aria-sort="descending"]')).toHaveCount(0);
  }
  await page
    .getByRole("columnheader", { name: /^Input/ })
    .getByRole("button")
    .click();
  await page
    .getByRole("columnheader", { name: /^Input/ })
    .getByRole("button")
    .click();
  await expect(page).toHaveURL(/sort=-input/);
  await expect(page.getByRole("columnheader", { name: /^Input/ })).toHaveAttribute("aria-sort", "descending");
  const dearest = (await rows(page).first().getByRole("link").textContent()) ?? "";
  await rows(page).first().getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Prices");
  await page.goBack();
  await expect(page).toHaveURL(/sort=-input/);
  await expect(rows(page).first().getByRole("link")).toHaveText(dearest);
});

test("the keys reach the last price and the first one again", async ({ page, api: _ready }) => {
  await page.goto("/prices");
  const total = await counted(page);
  await rows(page).first().getByRole("link").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.locator('[data-index="1"] a')).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.locator(`[data-index="${total - 1}"] a`)).toBeFocused();
  await expect(page.locator(`[data-index="${total - 1}"]`)).toBeInViewport();
  await page.keyboard.press("Home");
  await expect(page.locator('[data-index="0"] a')).toBeFocused();
});

test("an operator leaves a column out, and it stays out", async ({ page, api: _ready }) => {
  await page.goto("/prices");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Context" }).uncheck();
  await expect(page.getByRole("columnheader", { name: /^Context/ })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("columnheader", { name: /^Output/ })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: /^Context/ })).toHaveCount(0);
});

test("a CSV has exactly the prices that the list is narrowed to", async ({ page, api: _ready }) => {
  await page.goto("/prices?q=claude&context=200000");
  const total = await counted(page);
  expect(total).toBeGreaterThan(1);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: `Export ${total} prices as CSV` }).click();
  const [head = "", ...lines] = (await readFile(await (await download).path(), "utf8")).trim().split(/\r?\n/);
  const at = ["seller", "model", "variant"].map((name) => head.split(",").indexOf(name));
  expect(new Set(lines.map((line) => at.map((place) => line.split(",")[place]).join(" "))).size).toBe(total);
});

test("an operator compares prices side by side, five at most", async ({ page, api: _ready }) => {
  await page.goto("/prices?q=claude");
  await counted(page);
  const choices = page.getByRole("checkbox", { name: /^Compare / });
  for (const place of [0, 1, 2, 3, 4]) await choices.nth(place).check();
  await expect(choices.nth(5)).toBeDisabled();
  const bar = page.getByRole("region", { name: "Chosen prices" });
  await expect(bar).toBeInViewport();
  await bar.getByRole("button", { name: "Compare" }).click();
  const sheet = page.getByRole("dialog", { name: "Compare 5 prices" });
  await expect(sheet.getByRole("row", { name: /^Input per 1M tokens/ })).toContainText("$");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await bar.getByRole("button", { name: "Clear" }).click();
  await expect(bar).toHaveCount(0);
});

test("a search that finds nothing says so, and is cleared in one step", async ({ page, api: _ready }) => {
  await page.goto("/prices?q=no-such-model");
  await expect(page.getByText("No price matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL(/\/prices$/);
  await expect(rows(page).first()).toBeVisible();
});

for (const width of [390, 768])
  test(`at ${width} px a reader sees what goes in and out costs, whole, and the page does not scroll sideways`, async ({
    page,
    api: _ready,
  }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto("/prices");
    await counted(page);
    for (const row of (await rows(page).all()).slice(0, 8)) {
      const isWhole = await row.evaluate((line) =>
        [...line.querySelectorAll("[data-meter]")].every(
          (cell) =>
            cell.scrollWidth <= cell.clientWidth &&
            cell.scrollHeight <= cell.clientHeight + 1 &&
            cell.getBoundingClientRect().right <= line.getBoundingClientRect().right,
        ),
      );
      expect(isWhole, (await row.textContent()) ?? "").toBe(true);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await expectAccessible(page);
  });
