import type { Page } from "@playwright/test";
import { HELD_SELLER, holdMany } from "#/testing/hold-many.ts";
import { expect, expectAccessible, test } from "./fixtures.ts";

const HOLDS = 5_000;
const LIST = `/review?q=${HELD_SELLER}`;

const rowAt = (page: Page, place: number) =>
  page.getByRole("list", { name: "Held prices" }).locator(`[aria-posinset="${place}"] [data-hold] a`);
const evidence = (page: Page) => page.getByRole("region", { name: "Evidence" });

let removeAll = async () => {};
test.beforeAll(async ({ api }) => {
  test.setTimeout(180_000);
  removeAll = await holdMany(api, HOLDS);
});
test.afterAll(() => removeAll());

test("an operator with 5,000 holds reaches the last one with a key, reads it, and goes back to the first", async ({
  page,
}) => {
  await page.goto(LIST);
  await expect(page.getByText("5,000 holds")).toBeVisible();
  await page.keyboard.press("End");
  await expect(rowAt(page, HOLDS)).toBeFocused();
  await expect(rowAt(page, HOLDS)).toHaveText("model-0");
  await expect(evidence(page).getByRole("heading", { level: 2 })).toHaveText("model-0");
  await expect(rowAt(page, HOLDS)).toBeInViewport();
  await page.keyboard.press("k");
  await expect(rowAt(page, HOLDS - 1)).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Home");
  await expect(rowAt(page, 1)).toBeFocused();
  await expect(rowAt(page, 1)).toHaveText("model-4999");
});

test("an operator who stands in the middle of 5,000 holds decides one, stands on the next, and takes it back", async ({
  page,
}) => {
  await page.goto(LIST);
  await page.keyboard.press("End");
  await expect(rowAt(page, HOLDS)).toBeFocused();
  await page.keyboard.press("k");
  await expect(rowAt(page, HOLDS - 1)).toHaveText("model-1");
  await page.keyboard.press("r");
  await page.getByRole("button", { name: "The unit is wrong" }).click();
  await page.keyboard.press("Enter");
  await expect(page.getByText("4,999 holds")).toBeVisible();
  await expect(rowAt(page, HOLDS - 1)).toBeFocused();
  await expect(rowAt(page, HOLDS - 1)).toHaveText("model-0");
  await page.keyboard.press("u");
  await expect(page.getByText("5,000 holds")).toBeVisible();
  await expect(rowAt(page, HOLDS - 1)).toHaveText("model-1");
  await expect(rowAt(page, HOLDS - 1)).toBeFocused();
});

test("a sync makes the page ask for the order and for the holds in sight, not for all that it has read", async ({
  page,
  api,
}) => {
  await page.goto(LIST);
  for (const key of ["End", "Home"]) {
    await page.keyboard.press(key);
    await expect(rowAt(page, key === "End" ? HOLDS : 1)).toHaveText(/^model-/);
  }
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/review\.(list|order)/.test(request.url())) asked.push(decodeURIComponent(request.url()));
  });
  const ended = page.waitForResponse((answer) => answer.url().includes("review.list"));
  await api.sync();
  await ended;
  await expect.poll(() => asked.filter((url) => url.includes("review.order")).length).toBe(1);
  const lists = asked.filter((url) => url.includes("review.list"));
  expect(lists).toHaveLength(1);
  expect(lists[0]?.match(/"\d+"/g)?.length).toBeLessThan(40);
});

test("an operator who goes on before a hold is read is asked nothing about it, and told of no failure", async ({
  page,
}) => {
  await page.goto(LIST);
  await expect(rowAt(page, 1)).toHaveText("model-4999");
  await page.route(/review\.list/, async (route) => {
    await page.waitForTimeout(500);
    await route.continue();
  });
  for (const keys of [
    ["End", "a", "Home"],
    ["End", "k", "a", "k", "Home"],
  ]) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForTimeout(1_500);
  }
  // A message goes by itself, so a look that waits would not see it.
  expect(await page.getByText("The held price could not be read").count()).toBe(0);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(rowAt(page, 1)).toBeFocused();
  await page.keyboard.press("a");
  await expect(page.getByRole("dialog", { name: "Approve the held price of model-4999?" })).toBeVisible();
});

test("a hold that cannot be read says so in its place, and the others are read", async ({ page }) => {
  await page.route(/review\.list/, (route) => route.abort());
  await page.goto(LIST);
  await expect(rowAt(page, 1)).toHaveText("model-4999");
  await page.keyboard.press("End");
  await expect(rowAt(page, HOLDS)).toHaveText("This hold could not be read");
  await expect(evidence(page)).toContainText("The held price could not be read");
  await page.unroute(/review\.list/);
  await evidence(page).getByRole("button", { name: "Try again" }).click();
  await expect(rowAt(page, HOLDS)).toHaveText("model-0");
});
