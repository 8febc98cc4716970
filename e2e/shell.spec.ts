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
