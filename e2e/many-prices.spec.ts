import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const RATES = 50_000;
/** They are 5 MB, which a busy machine takes its time to send and to read. */
const ONCE_LOADED = { timeout: 60_000 };

test.use({ rates: RATES });

const links = (page: Page) => page.getByRole("table", { name: "Prices" }).locator("[data-index] a");
const said = (page: Page) => page.getByRole("status").filter({ hasText: /prices?$/ });
const total = async (page: Page) => Number(((await said(page).textContent()) ?? "").replaceAll(/\D/g, ""));

test("50,000 prices are in one list, of which the page draws what is seen", async ({ page, api: _ready }) => {
  await page.goto("/prices");
  await expect(said(page)).toBeVisible(ONCE_LOADED);
  const count = await total(page);
  expect(count).toBeGreaterThan(RATES);
  expect(await links(page).count()).toBeLessThan(100);
  await links(page).first().focus();
  await page.keyboard.press("End");
  await expect(page.locator(`[data-index="${count - 1}"] a`)).toBeFocused();
  await expect(page.locator(`[data-index="${count - 1}"]`)).toBeInViewport();
  expect(await links(page).count()).toBeLessThan(100);
});

test("one of 50,000 prices is found by its name, and opened and left again", async ({ page, api: _ready }) => {
  await page.goto("/prices");
  await page.getByRole("searchbox").first().fill("vendor/model-49999");
  await expect(said(page)).toHaveText("1 price", ONCE_LOADED);
  await links(page).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("vendor/model-49999");
  await page.goBack();
  await expect(page).toHaveURL(/q=vendor%2Fmodel-49999/);
  await expect(said(page)).toHaveText("1 price");
});

test("the export of what 50,000 prices are narrowed to has all of it", async ({ page, api: _ready }) => {
  await page.goto("/prices?seller=seller-3");
  await expect(said(page)).toHaveText("5,000 prices", ONCE_LOADED);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export 5,000 prices as CSV" }).click();
  const [head = "", ...lines] = (await readFile(await (await download).path(), "utf8")).trim().split(/\r?\n/);
  const at = head.split(",").indexOf("model");
  expect(new Set(lines.map((line) => line.split(",")[at])).size).toBe(5_000);
});

test("a sync changes one of 50,000 prices in the open list, and fetches no other", async ({ page, api, market }) => {
  await page.goto("/prices?q=anthropic+claude-sonnet-5");
  await expect(said(page)).toBeVisible(ONCE_LOADED);
  await market.setPrice({ model: "anthropic/claude-sonnet-5", meter: "input", usdPerMillion: "3.1234" });
  const sizes: number[] = [];
  page.on("response", async (response) => {
    if (response.url().includes("/api/trpc/prices.table")) sizes.push((await response.body().catch(() => "")).length);
  });
  await api.sync();
  await expect(page.getByText("$3.1234").first()).toBeVisible();
  expect(Math.max(...sizes)).toBeLessThan(100_000);
});
