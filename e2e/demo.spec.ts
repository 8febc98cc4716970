import { expect, test as base, type Page } from "@playwright/test";
import { openDemo, type OpenDemo } from "#/testing/open-demo.ts";
import { createStackApi } from "#/testing/stack-api.ts";
import { expectAccessible, expectInView } from "./fixtures.ts";

const test = base.extend<object, { demo: OpenDemo }>({
  demo: [
    async ({ playwright: _playwright }, use) => {
      const demo = await openDemo();
      await use(demo);
      await demo.close();
    },
    { scope: "worker", timeout: 240_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.url),
  page: async ({ page, demo }, use) => {
    const data = demo.login;
    expect((await page.request.post("/api/auth/sign-in/email", { data, headers: { origin: demo.url } })).ok()).toBe(
      true,
    );
    await use(page);
  },
});

test("whoever has just begun is led to what there is to do, step by step, until it is done", async ({ page, demo }) => {
  const api = createStackApi(demo.url, demo.apiKey);
  const { open } = await api.query<{ open: number }>("review.count");
  const steps = await openSteps(page);
  await expect(steps.getByRole("link")).toHaveText([
    `Decide ${open} held ${open === 1 ? "price" : "prices"}`,
    "Look at the partial sync",
    "Add a source of your own",
    "Make a key for your gateway",
  ]);
  await expectAccessible(page);
  await expectInView(page);

  await steps.getByRole("link", { name: /^Decide/ }).click();
  await expect(page).toHaveURL(/\/review$/);
  await expect(page.getByRole("heading", { level: 1, name: "Review" })).toBeVisible();
  await openSteps(page);
  await steps.getByRole("link", { name: "Add a source of your own" }).click();
  await expect(page).toHaveURL(/\/sources$/);
  await expect(page.getByRole("button", { name: "Add a source" })).toBeVisible();
  await openSteps(page);
  await steps.getByRole("link", { name: "Make a key for your gateway" }).click();
  await expect(page).toHaveURL(/\/settings\/keys$/);
  await openSteps(page);
  await steps.getByRole("link", { name: "Look at the partial sync" }).click();
  await expect(page).toHaveURL(/\/syncs\/[0-9a-f-]{36}$/);
  await expect(page.getByText("partial", { exact: true }).first()).toBeVisible();

  // To look was all there was to do.
  await openSteps(page);
  await expect(steps.getByRole("link")).toHaveCount(3);
  await api.mutate("access.createKey", { name: "gateway", role: "viewer" });
  await openSteps(page);
  await expect(steps.getByRole("link")).toHaveText([/^Decide/, "Add a source of your own"]);
});

test("whoever puts the next steps away is not shown them again, and another browser is", async ({
  page,
  browser,
  demo,
}) => {
  const steps = await openSteps(page);
  await steps.getByRole("button", { name: "Put the next steps away" }).click();
  await expect(steps).toBeHidden();
  await page.reload();
  // What stands below the card has come, so the card would have come too.
  await expect(page.getByRole("region", { name: "Sources" })).toBeVisible();
  await expect(page.locator("#content > [inert]")).toHaveCount(0);
  await expect(steps).toBeHidden();

  const storageState = { ...(await page.context().storageState()), origins: [] };
  const other = await browser.newContext({ baseURL: demo.url, storageState });
  await openSteps(await other.newPage());
  await other.close();
});

/** Opens the overview, and waits for the card. */
async function openSteps(page: Page) {
  await page.goto("/");
  await expect(page.locator("#content > [inert]")).toHaveCount(0);
  const steps = page.getByRole("region", { name: "Next steps" });
  await expect(steps).toBeVisible();
  return steps;
}
