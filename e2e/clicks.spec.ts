import type { Page } from "@playwright/test";
import { STACK_LOGIN } from "#/testing/open-stack.ts";
import { expect, test } from "./fixtures.ts";

/** Counts what a hand does: every press of the mouse, also in a field that is typed into. Keys are not counted. */
async function countClicks(page: Page): Promise<() => number> {
  let clicks = 0;
  await page.exposeFunction("countClick", () => void (clicks += 1));
  await page.addInitScript(() => {
    addEventListener(
      "pointerdown",
      (event) => event.isTrusted && Reflect.apply(Reflect.get(window, "countClick"), null, []),
      {
        capture: true,
      },
    );
  });
  return () => clicks;
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(STACK_LOGIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(STACK_LOGIN.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.locator("#content > [inert]")).toHaveCount(0);
}

test.use({ storageState: { cookies: [], origins: [] } });
test.afterEach(async ({ market }) => market.clearFaults());

test("who signs in reads which source failed and why without a click, and which prices a sync moved with one", async ({
  page,
  api,
  market,
}) => {
  await market.setFault({ feed: "openrouter", kind: "status", status: 410, times: 1 });
  await market.setPrice({ model: "anthropic/claude-opus-5", meter: "output", usdPerMillion: "27.25" });
  const { jobId } = await api.sync();
  const clicks = await countClicks(page);
  await signIn(page);
  await expect(page.locator("#content p[data-tone]").first()).toContainText(
    /1 of 4 sources failed \(market-openrouter\): .*410/,
  );
  expect(clicks()).toBe(0);

  await page.getByRole("region", { name: "Recent runs" }).locator(`a[href="/syncs/${jobId}"]`).click();
  await expect(page.getByRole("region", { name: "What changed" })).toContainText("$27.25");
  expect(clicks()).toBe(1);
});

test("who signs in puts a held price in force with three clicks", async ({ page, api, market }) => {
  const model = "claude-sonnet-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "input", usdPerMillion: "46" });
  await api.sync();
  const open = async () =>
    (await api.query<{ total: number }>("review.list", { filter: { state: "open" }, limit: 1 })).total;
  const before = await open();
  expect(before).toBeGreaterThan(0);
  const clicks = await countClicks(page);
  await signIn(page);
  await page
    .getByRole("navigation")
    .getByRole("link", { name: /^Review/ })
    .click();
  await page.getByRole("region", { name: "Evidence" }).getByRole("button", { name: "Approve" }).click();
  await page.getByRole("button", { name: "Checked on the seller's page" }).click();
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 price put in force.")).toBeVisible();
  expect(await open()).toBe(before - 1);
  expect(clicks()).toBe(3);
});

test("who signs in sets a wrong price by hand with two clicks", async ({ page, api: _ready }) => {
  const clicks = await countClicks(page);
  await signIn(page);
  await page.keyboard.press("ControlOrMeta+k");
  await page
    .getByPlaceholder(/Search/)
    .last()
    .fill("claude-haiku-5");
  await page.getByRole("dialog").getByText("anthropic").first().click();
  await page.getByRole("button", { name: "Pin a price" }).click();
  const dialog = page.getByRole("dialog", { name: /^Pin a price/ });
  await dialog.getByLabel(/^Input, USD/).fill("1.25");
  await dialog.getByLabel("Reason").fill("our contract");
  await page.keyboard.press("Enter");
  await expect(page.getByText("The price is pinned; no sync moves it.")).toBeVisible();
  expect(clicks()).toBe(2);
});

test("who signs in finds a run of a day by who started it with three clicks", async ({ page, api }) => {
  const { jobId } = await api.sync();
  const { startedBy } = await api.query<{ startedBy: string }>("syncs.get", { jobId });
  const clicks = await countClicks(page);
  await signIn(page);
  const days = page.getByRole("list", { name: "Runs a day, oldest first" });
  await days.getByRole("link").last().click();
  await expect(page).toHaveURL(/\/syncs\?from=/);
  const search = page.getByRole("searchbox", { name: "Search who started it" });
  await search.click();
  await page.keyboard.type(startedBy);
  await expect(page).toHaveURL(/by=/);
  await page.getByRole("table").locator(`a[href="/syncs/${jobId}"]`).click();
  await expect(page).toHaveURL(new RegExp(`/syncs/${jobId}$`));
  expect(clicks()).toBe(3);
});
