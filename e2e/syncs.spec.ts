import { expect, expectAccessible, expectInView, test } from "./fixtures.ts";

test.afterEach(async ({ market }) => market.clearFaults());

const WIDTHS = [1440, 768, 390] as const;

test("an operator finds runs by status, kind, source, day and who started them, and the address keeps it", async ({
  page,
  api,
  market,
}) => {
  await market.setFault({ feed: "litellm", kind: "status", status: 410, times: 1 });
  await api.sync();
  await page.goto("/syncs");
  await page.getByRole("combobox", { name: "Status" }).selectOption("partial");
  await expect(page).toHaveURL(/status=partial/);
  await expect(page.getByText("3 of 4").first()).toBeVisible();
  await page.getByRole("searchbox", { name: "Search who started it" }).fill("nobody");
  await expect(page.getByText("No run matches")).toBeVisible();
  await page.reload();
  await expect(page.getByText("No run matches")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Status" })).toHaveValue("partial");
  await page.goto("/syncs");
  await page.getByRole("link", { name: /: \d+ runs?, .*partial/ }).click();
  await expect(page).toHaveURL(/from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d/);
  await page
    .getByRole("link", { name: /ago|just now/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/syncs\/[0-9a-f-]{36}$/);
  await page.goBack();
  await expect(page).toHaveURL(/from=/);
});

test("an operator cancels several waiting runs together, sees how far that is, and which were refused", async ({
  page,
  api,
  market,
}) => {
  await market.setFault({ feed: "litellm", kind: "delay", delayMs: 15_000, times: 1 });
  for (let queued = 0; queued < 3; queued += 1) await api.mutate("syncs.trigger", {});
  await page.goto("/syncs?status=queued");
  await expect(page.getByRole("checkbox")).toHaveCount(2);
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await page.getByRole("button", { name: "Cancel 2 runs" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("they are too many");
  await page.getByRole("button", { name: "Cancel: 2 runs" }).click();
  await expect(page.getByRole("status").filter({ hasText: "2 of 2: 2 cancelled, 0 refused" })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("No run matches")).toBeVisible();
});

for (const width of WIDTHS)
  test(`at ${width} px everything on the overview and the list of runs is in view, the news of a failure too`, async ({
    page,
    api,
    market,
  }) => {
    await market.setFault({ feed: "openrouter", kind: "status", status: 410, times: 1 });
    await api.sync();
    await page.setViewportSize({ width, height: 900 });
    for (const path of ["/", "/syncs"]) {
      await page.goto(path);
      await expectAccessible(page);
      await expectInView(page);
    }
    await page.goto("/");
    await expect(page.getByText(/410/).first()).toBeVisible();
  });
