import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";

/** Whether the page is still the one that was loaded when this was asked first. */
async function isSamePage(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const isKept = "isKept" in window;
    Object.assign(window, { isKept: true });
    return isKept;
  });
}

test("an operator searches a model, opens it, and reads its exact price", async ({ page, api, market }) => {
  const model = "claude-sonnet-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "input", usdPerMillion: "3.21" });
  await api.sync();
  await market.setPrice({ model: `anthropic/${model}`, meter: "input", usdPerMillion: "2.9876" });
  await api.sync();

  await page.goto("/prices");
  await page.getByRole("searchbox").fill(`anthropic ${model}`);
  await expect(page).toHaveURL(/q=anthropic/);
  await isSamePage(page);
  await page
    .getByRole("link", { name: new RegExp(`^${model}`) })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(model);
  await expect(page.getByText("$2.9876").first()).toBeVisible();
  await expect(page.getByText(/1M tokens/).first()).toBeVisible();
  expect(await isSamePage(page)).toBe(true);
  await expectAccessible(page);
});

test("a row's link that is clicked for a tab of its own leaves the list where it is", async ({ page, api: _ready }) => {
  await page.goto("/prices?q=claude-sonnet-5");
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    page
      .getByRole("table")
      .getByRole("link")
      .first()
      .click({ modifiers: ["ControlOrMeta"] }),
  ]);
  await tab.waitForURL(/\/prices\/.*claude-sonnet-5/);
  await expect(page).toHaveURL(/\/prices\?q=claude-sonnet-5$/);
});

test("an operator narrows the models to those that are switched off soon, and reads the facts beside a price", async ({
  page,
  api: _ready,
}) => {
  await page.goto("/prices");
  await page.getByRole("combobox", { name: "Mark" }).selectOption("sunset");
  await page.getByRole("combobox", { name: "Mode" }).selectOption("chat");
  await expect(page).toHaveURL(/mark=sunset&mode=chat/);
  await page
    .getByRole("link", { name: /^mistral/ })
    .first()
    .click();
  const facts = page.getByRole("region", { name: "Facts" });
  await expect(facts).toContainText("Sunset on");
  await expect(facts).toContainText(/Context[\d,]+ tokens/);
  await expectAccessible(page);
});

test("an unknown price is shown as unknown, and never as 0", async ({ page, api }) => {
  const { rates } = await api.query<{ rates: { model: string; seller: string }[] }>("prices.list", {
    state: "unknown",
    limit: 1,
  });
  const [rate] = rates;
  await page.goto(`/prices?q=${encodeURIComponent(`${rate?.seller} ${rate?.model}`)}&state=unknown`);
  await expect(page.getByRole("cell", { name: /unknown/ }).first()).toBeVisible();
  await expect(page.getByText("$0", { exact: true })).toHaveCount(0);
});
