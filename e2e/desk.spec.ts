import type { Browser } from "@playwright/test";
import type { StackApi } from "#/testing/stack-api.ts";
import { expect, expectInView, test } from "./fixtures.ts";

const WIDTHS = [1440, 768, 390] as const;
const VIEWER = { name: "Vera", password: "a password of hers" };

// What an operator works with. Each comes with its data, and with every verb and every piece of bad news in view.
const PAGES = [
  "/sources",
  "/sources/market-litellm",
  "/schedules",
  "/operations",
  "/settings/people",
  "/settings/keys",
  "/settings/webhooks",
  "/settings/retention",
  "/settings/audit",
  "/settings/account",
];

test.afterEach(async ({ market }) => market.clearFaults());

for (const width of WIDTHS)
  test(`at ${width} px every page of the desk comes with its data, and its verbs and bad news are in view`, async ({
    page,
    api,
    market,
  }) => {
    await market.setFault({ feed: "openrouter", kind: "status", status: 410, times: 1 });
    await api.sync();
    await page.setViewportSize({ width, height: 900 });
    for (const path of PAGES) {
      const answer = await page.goto(path);
      expect(await answer?.text(), `${path} comes without its data`).not.toContain("mantine-Skeleton-root");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectInView(page);
    }
    await page.goto("/sources");
    await expect(page.getByText(/410/).first()).toBeVisible();
    await page.goto("/operations");
    await expect(page.getByRole("region", { name: "Open problems" })).toContainText("410");
  });

test("a viewer is told which role a verb needs before it is tried", async ({ browser, stack, api }) => {
  const page = await openAsViewer(browser, stack.url, api);
  for (const [path, verb, role] of [
    ["/sources", "Add a source", "admin"],
    ["/sources", "Test market-litellm", "operator"],
    ["/schedules", "Pause every-hour", "admin"],
    ["/schedules", "Run now: every-hour", "operator"],
    ["/settings/webhooks", "Add a webhook", "admin"],
  ] as const) {
    await page.goto(path);
    await expect(page.locator("#content > [inert]")).toHaveCount(0);
    const button = page.getByRole("button", { name: verb, exact: true });
    await expect(button, verb).toHaveAttribute("aria-disabled", "true");
    await expect(button, verb).toHaveAccessibleDescription(`This needs the role ${role}; yours is viewer.`);
  }
  for (const path of ["/settings/people", "/settings/keys"]) {
    await page.goto(path);
    await expect(page.getByText("This needs the role admin; yours is viewer.")).toBeVisible();
  }
  await page.goto("/settings/audit");
  await expect(page.getByText("This needs the role operator; yours is viewer.")).toBeVisible();
  await page.context().close();
});

test("somebody who leaves a dialog is back at the button that opened it", async ({ page, api: _ready }) => {
  for (const [path, verb] of [
    ["/sources", "Change the order"],
    ["/sources", "Add a source"],
    ["/sources", "Edit market-litellm"],
    ["/sources", "Disable market-litellm"],
    ["/sources", "Remove market-litellm"],
    ["/schedules", "Add a schedule"],
    ["/schedules", "Edit every-hour"],
    ["/settings/webhooks", "Add a webhook"],
  ] as const) {
    await page.goto(path);
    const button = page.getByRole("button", { name: verb, exact: true });
    await button.click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(button, verb).toBeFocused();
  }
});

/** A page of somebody who was invited as a viewer. */
async function openAsViewer(browser: Browser, url: string, api: StackApi) {
  const email = "vera.views@example.com";
  const { secret } = await api.mutate<{ secret: string }>("access.invite", { email, role: "viewer" });
  const context = await browser.newContext({ baseURL: url, storageState: { cookies: [], origins: [] } });
  const headers = { origin: url };
  expect((await context.request.post("/api/join", { data: { secret, ...VIEWER }, headers })).ok()).toBe(true);
  const login = { email, password: VIEWER.password };
  expect((await context.request.post("/api/auth/sign-in/email", { data: login, headers })).ok()).toBe(true);
  return context.newPage();
}
