import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";

const MODELS = ["grok-5", "grok-5-fast", "grok-5-code"] as const;
const LIST = "/review?q=grok";

type Held = Readonly<{ id: string; model: string }>;
type Api = Readonly<{ query: <T>(procedure: string, input?: unknown) => Promise<T> }>;

const openHolds = async (api: Api) =>
  (
    await api.query<{ holds: Held[]; total: number }>("review.list", {
      filter: { state: "open", search: "grok" },
      limit: 1_000,
    })
  ).holds;

const list = (page: Page) => page.getByRole("list", { name: "Held prices" });
const linkAt = (page: Page, place: number) => list(page).locator(`[aria-posinset="${place}"] [data-hold] a`).first();
const evidence = (page: Page) => page.getByRole("region", { name: "Evidence" });

async function expectChosen(page: Page, place: number): Promise<void> {
  await expect(linkAt(page, place)).toBeFocused();
  await expect(linkAt(page, place)).toHaveAttribute("aria-current", "true");
  await expect(page.locator("main [aria-current=true]")).toHaveCount(1);
}

test.beforeAll(async ({ api, market }) => {
  for (const model of MODELS) await market.setPrice({ model: `x-ai/${model}`, meter: "output", usdPerMillion: "0.02" });
  await api.sync();
  expect((await openHolds(api)).length).toBeGreaterThan(6);
});

test("an operator walks through the holds by keys in the order of the page, and none is skipped", async ({ page }) => {
  await page.goto(LIST);
  for (const place of [1, 2, 3, 4]) {
    await page.keyboard.press("j");
    await expectChosen(page, place);
    const model = (await linkAt(page, place).textContent()) ?? "";
    await expect(evidence(page).getByRole("heading", { level: 2 })).toHaveText(model);
  }
  await page.keyboard.press("k");
  await expectChosen(page, 3);
  await expectAccessible(page);

  const search = page.getByRole("searchbox");
  await search.press("End");
  await search.pressSequentially(" jar");
  await expect(search).toHaveValue("grok jar");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("an operator decides, stands on the next hold at the same place, and undoes it with a key", async ({
  page,
  api,
}) => {
  const before = await openHolds(api);
  await page.goto(LIST);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expectChosen(page, 2);
  const placeOf = async () => (await linkAt(page, 2).boundingBox())?.y;
  const place = await placeOf();

  await page.keyboard.press("r");
  await expect(page.getByRole("dialog").getByLabel("Reason", { exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectChosen(page, 2);

  await page.keyboard.press("r");
  await expectAccessible(page);
  await page.getByRole("button", { name: "The unit is wrong" }).click();
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 price rejected.")).toBeVisible();
  await expect.poll(async () => (await openHolds(api)).length).toBe(before.length - 1);
  await expect(page).toHaveURL(new RegExp(`hold=${before[2]?.id ?? ""}$`));
  await expectChosen(page, 2);
  expect(await placeOf()).toBe(place);

  await page.keyboard.press("u");
  await expect(page.getByText("1 hold open again.")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`hold=${before[1]?.id ?? ""}$`));
  await expectChosen(page, 2);
  expect((await openHolds(api)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test("whoever opens holds one after the other comes back to them, also from the page of the model", async ({
  page,
}) => {
  await page.goto(LIST);
  const models = await Promise.all([2, 3].map((place) => linkAt(page, place).textContent()));
  const title = evidence(page).getByRole("heading", { level: 2 });
  for (const [index, place] of [2, 3].entries()) {
    const address = page.url();
    await linkAt(page, place).click();
    // Two holds may be of one model, so its name alone does not say that the click has taken effect.
    await expect(linkAt(page, place)).toHaveAttribute("aria-current", "true");
    await expect(page).not.toHaveURL(address);
    await expect(title).toHaveText(models[index] ?? "");
  }
  await page.goBack();
  await expect(linkAt(page, 2)).toHaveAttribute("aria-current", "true");
  // Back before the page has drawn where the click leads.
  await linkAt(page, 3).evaluate((link: HTMLElement) => {
    link.click();
    history.back();
  });
  await expect(page).toHaveURL(/hold=/);
  await expect(linkAt(page, 2)).toHaveAttribute("aria-current", "true");
  // Back before the address names where a key leads.
  const address = page.url();
  await linkAt(page, 3).click();
  await expect(page).not.toHaveURL(address);
  await linkAt(page, 3).evaluate((link: HTMLElement) => {
    link.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
    history.back();
  });
  await expect(page).toHaveURL(address);
  await page.waitForTimeout(500);
  await expect(page).toHaveURL(address);
  await expect(linkAt(page, 2)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("e");
  await expect(page).toHaveURL(/\/prices\//);
  await page.goBack();
  await expect(linkAt(page, 2)).toHaveAttribute("aria-current", "true");
  await page.reload();
  await expect(linkAt(page, 2)).toHaveAttribute("aria-current", "true");
});

test("an operator reads what a decision on many changes before it is taken, for selected ones and for all", async ({
  page,
  api,
}) => {
  const held = await openHolds(api);
  await page.goto(LIST);
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.getByRole("button", { name: "Reject 2 selected" }).click();
  const found = page.getByRole("group", { name: "What this changes" });
  await expect(found).toContainText("This decides 2 holds and changes 0 prices in force.");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear" }).click();

  const all = page.getByRole("button", { name: `Approve all ${held.length}` });
  await all.click();
  const { changed } = await api.mutate<{ changed: number }>("review.decideMany", {
    filter: { search: "grok" },
    decision: "approve",
    reason: "a look first",
    dryRun: true,
  });
  expect(changed).toBeGreaterThan(1);
  await expect(found).toContainText(`This decides ${held.length} holds and changes ${changed} prices in force.`);
  await expect(found.getByRole("link", { name: "Enter usage to see the cost" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(all).toBeFocused();
  expect(await openHolds(api)).toHaveLength(held.length);
});

test("the second of two operators on one hold is told who decided it and what, and stands on the next", async ({
  page,
  api,
}) => {
  const [first, second] = await openHolds(api);
  await page.goto(LIST);
  await page.keyboard.press("j");
  await expectChosen(page, 1);
  await page.keyboard.press("a");
  await api.mutate("review.reject", { filter: { ids: [first?.id] }, reason: "seen by a colleague" });
  await page.getByRole("button", { name: "Other sources ask the same" }).click();
  // The answer comes when the page has long gone on to the next hold.
  await page.route("**/review.list?*", async (route) => {
    await page.waitForTimeout(500);
    await route.continue();
  });
  await page.keyboard.press("Enter");
  await expect(page.getByText(/was already rejected by .*: seen by a colleague/)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`hold=${second?.id ?? ""}$`));
  await expectChosen(page, 1);
});

test("a viewer sees the verbs off, and which role they need", async ({ api, browser, stack }) => {
  const { secret } = await api.mutate<{ secret: string }>("access.invite", {
    email: "vic@example.com",
    role: "viewer",
  });
  const context = await browser.newContext({ baseURL: stack.url, storageState: { cookies: [], origins: [] } });
  const own = await context.newPage();
  await own.goto(`/join#${secret}`);
  await own.getByLabel("Your name").fill("Vic");
  await own.getByRole("textbox", { name: "Password" }).fill("a password of his");
  await own.getByRole("button", { name: "Come in" }).click();
  await expect(own.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await own.goto(LIST);
  const needed = "This needs the role operator; yours is viewer.";
  for (const name of ["Approve", "Reject", /^Approve all/, /^Reject all/]) {
    const verb = own.getByRole("button", { name, exact: true });
    await expect(verb).toHaveAttribute("aria-disabled", "true");
    await expect(verb).toHaveAccessibleDescription(needed);
  }
  await own.keyboard.press("j");
  await own.keyboard.press("a");
  await expect(own.getByText(needed)).toBeVisible();
  await expect(own.getByRole("dialog")).toHaveCount(0);
  await context.close();
});

for (const width of [1440, 768, 390])
  test(`at ${width} px the verbs of each hold and of all are in view, and so is the evidence`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(LIST);
    await linkAt(page, 1).click();
    await expect(page.getByRole("region", { name: "What others ask" })).toBeVisible();
    for (const verb of ["Approve", "Reject"]) {
      const one = width === 1440 ? evidence(page) : list(page);
      await expect(one.getByRole("button", { name: new RegExp(`^${verb}`) }).first()).toBeInViewport({ ratio: 1 });
      await expect(page.getByRole("button", { name: new RegExp(`^${verb} all`) })).toBeInViewport({ ratio: 1 });
    }
    await page.mouse.wheel(0, 600);
    await expect(page.getByRole("button", { name: /^Approve all/ })).toBeInViewport({ ratio: 1 });
    await expectAccessible(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });

test("the first paint of the page has the holds and their evidence", async ({ page, stack }) => {
  const answer = await page.request.get(`${stack.url}${LIST}`);
  const html = await answer.text();
  expect(html).toContain('aria-label="Held prices"');
  expect(html).toMatch(/data-hold="\d+"/);
  expect(html).toContain("What others ask");
  expect(html).not.toContain("mantine-Skeleton-root");
});

test("an operator who has nothing to decide reads what that means, and takes an earlier decision back", async ({
  page,
  api,
}) => {
  const { total } = await api.query<{ total: number }>("review.list", { filter: { state: "open" }, limit: 1 });
  if (total > 0) await api.mutate("review.reject", { filter: {}, reason: "the end of the day" });
  await page.goto("/review");
  await expect(page.getByText("No price waits for a decision")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "rejected" }).click();
  await expect(page).toHaveURL(/state=rejected/);
  await expect(evidence(page)).toContainText(/This hold was rejected by .*: /);

  await evidence(page).getByRole("button", { name: "Take back" }).click();
  await page.getByRole("dialog").getByLabel("Reason", { exact: true }).fill("decided too quickly");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("1 hold open again.")).toBeVisible();
  expect(await api.query("review.count")).toMatchObject({ open: 1 });
});
