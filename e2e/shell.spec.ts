import { expect, expectAccessible, test } from "./fixtures.ts";

test("somebody goes to a page, a model and a sync by typing part of its name, and Esc gives the focus back", async ({
  page,
  api,
}) => {
  const { jobId } = await api.sync();
  await page.goto("/schedules");
  const add = page.getByRole("button", { name: "Add a schedule" });
  await add.focus();
  await page.keyboard.press("Control+k");
  const box = page.getByRole("textbox", { name: /^Search pages/ });
  await expect(box).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
  await expect(add).toBeFocused();

  await page.keyboard.press("Control+k");
  await box.fill("over");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/$/);

  await page.getByRole("button", { name: "Search", exact: true }).click();
  await box.fill("claude sonnet");
  await page
    .getByRole("button", { name: /claude-sonnet/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/prices\/.*claude-sonnet/);

  await page.keyboard.press("Control+k");
  await box.fill(jobId.slice(0, 8));
  await page.getByRole("button", { name: new RegExp(jobId.slice(0, 8)) }).click();
  await expect(page).toHaveURL(new RegExp(jobId));

  await page.keyboard.press("Control+k");
  await box.fill("no such thing");
  await expect(page.getByText("Nothing has this name", { exact: false })).toBeVisible();
});

test("`?` shows every key, and is a letter like any other while somebody types", async ({ page }) => {
  await page.goto("/syncs");
  await page.keyboard.press("Shift+?");
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys).toContainText("Approve, reject");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  const search = page.getByRole("searchbox", { name: "Search who started it" });
  await search.focus();
  await page.keyboard.press("Shift+?");
  await expect(search).toHaveValue("?");
  await expect(keys).toBeHidden();
});

test("a paused page changes nothing by itself and asks for nothing, and shows the present again when it is resumed", async ({
  page,
  api,
}) => {
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Pause live updates" }).click();
  await expect(page.getByText("Paused", { exact: false })).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/")) asked.push(request.url());
  });
  const { jobId } = await api.sync();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(page.getByText(/data is [5-9] s old/)).toBeVisible();
  expect(asked).toEqual([]);
  await expect(page.locator(`a[href="/syncs/${jobId}"]`)).toHaveCount(0);
  await page.getByRole("button", { name: "Resume live updates" }).click();
  await expect(page.locator(`a[href="/syncs/${jobId}"]`).first()).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
});

test("whoever opens an address that is nowhere is told so inside the shell, with status 404", async ({ page }) => {
  for (const path of [
    "/nowhere",
    "/syncs/nonsense",
    "/syncs/00000000-0000-4000-8000-000000000000",
    "/sources/nobody",
  ]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("navigation", { name: "Main" }), path).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
    await expect(page.getByText(/invalid|uuid|zod/i), path).toHaveCount(0);
  }
});

test("whoever reads the page over plain HTTP from another machine can copy too", async ({ page }) => {
  // Such a page has no clipboard of today.
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto("/gateways");
  const copy = page.getByRole("button", { name: /^Copy the lines for/ }).first();
  await copy.click();
  await expect(page.getByRole("button", { name: /^Copied the lines for/ })).toBeFocused();
  await page.keyboard.press("Control+k");
  const box = page.getByRole("textbox", { name: /^Search pages/ });
  await box.press("Control+v");
  await expect(box).not.toHaveValue("");
});

test("a viewer reads which role a verb needs before trying it, and pressing it does nothing", async ({
  browser,
  stack,
  api,
}) => {
  const login = { email: "vi@example.com", password: "a password of a viewer" };
  const { secret } = await api.mutate<{ secret: string }>("access.invite", { email: login.email, role: "viewer" });
  const context = await browser.newContext({ baseURL: stack.url, storageState: { cookies: [], origins: [] } });
  const headers = { origin: stack.url };
  await context.request.post("/api/join", { headers, data: { secret, name: "Vi", password: login.password } });
  await context.request.post("/api/auth/sign-in/email", { headers, data: login });
  const page = await context.newPage();
  for (const [path, name] of [
    ["/", "Sync now"],
    ["/", "Dry run"],
    ["/schedules", "Add a schedule"],
    ["/sources", "Add a source"],
  ] as const) {
    await page.goto(path);
    const verb = page.getByRole("button", { name });
    await expect(verb).toHaveAttribute("aria-disabled", "true");
    await expect(verb).toHaveAttribute("aria-description", /needs the role \w+; yours is viewer/);
    await verb.click({ force: true });
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await context.close();
});

test("somebody reads at the foot of the menu which version runs, as /readyz says it", async ({ page, stack }) => {
  const ready: unknown = await (await fetch(`${stack.url}/readyz`)).json();
  expect(ready).toEqual({ status: "ready", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  await page.goto("/");
  const menu = page.getByRole("navigation", { name: "Main" });
  await expect(menu.getByText(`Ratebook ${(ready as { version: string }).version}`)).toBeVisible();
});
