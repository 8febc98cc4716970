import { expect, expectAccessible, test } from "./fixtures.ts";

test.use({ timezoneId: "Asia/Kathmandu" });

test.beforeAll(async ({ api }) => {
  await api.mutate("schedules.create", { name: "minutely", rule: "* * * * *", sources: ["market-litellm"] });
});

test.afterAll(async ({ api }) => {
  await api.mutate("schedules.remove", { name: "minutely" });
});

test("an admin adds a schedule with its next times in view, runs it now, edits, pauses and removes it", async ({
  page,
  api: _ready,
  consoleErrors,
}) => {
  await page.goto("/schedules");
  const first = page.getByRole("row", { name: /every-hour/ });
  await expect(first).toContainText("Every hour");
  await expect(first).toContainText(/not run yet|success|running|queued/);
  await expect(first).not.toContainText("never");

  await page.getByRole("button", { name: "Add a schedule" }).click();
  const preview = page.getByRole("status", { name: "What the rule means" });
  await expect(preview).toContainText("On the hour, every 6 hours");
  await page.getByLabel("Name", { exact: true }).fill("nightly");
  await page.getByLabel("Rule", { exact: true }).fill("15 2 * * *");
  await expect(preview).toContainText("At 02:15");
  // The reader's clock is 5:45 ahead of UTC; the exact instant is told on hover.
  await expect(preview.getByText(/, 08:00$/)).toHaveCount(5);
  await preview
    .getByText(/, 08:00$/)
    .first()
    .hover();
  await expect(preview.getByTitle(/08:00:00 GMT\+5:45/)).toBeVisible();
  await page.getByLabel("Time zone").selectOption("Europe/Berlin");
  await expect(preview.getByText(/, 0[67]:00$/).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("market-litellm").check();
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByText("nightly is saved")).toBeVisible();

  const row = page.getByRole("row", { name: /nightly/ });
  await expect(row).toContainText("15 2 * * * in Europe/Berlin");
  await expect(row).toContainText("market-litellm");
  await page.getByRole("button", { name: "Run now: nightly" }).click();
  await expect(page.getByText("A sync is queued.")).toBeVisible();
  await expect(row.getByText("success", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Pause nightly" }).click();
  await expect(row).toContainText("paused by operator@example.com");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Resume nightly" }).click();
  await expect(row).not.toContainText("paused");

  await page.getByRole("button", { name: "Edit nightly" }).click();
  await page.getByLabel("Rule", { exact: true }).fill("FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=6");
  await expect(preview).toContainText("Every week on Monday and Wednesday, at 06:00");
  await page.getByLabel("After an outage").selectOption("skip");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Every week on Monday and Wednesday, at 06:00");
  await expect(row).toContainText("missed times are skipped");
  expect(consoleErrors).toEqual([]);

  await row.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/syncs\//);
  await page.locator("summary", { hasText: "Event log" }).click();
  await expect(page.getByText(/by hand from the schedule nightly/)).toBeVisible();

  await page.goto("/schedules");
  await page.getByRole("button", { name: "Remove nightly" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(row).toHaveCount(0);
});

test("an admin who types a rule that would do harm is told why, and nothing is set", async ({ page, api: _ready }) => {
  await page.goto("/schedules");
  await page.getByRole("button", { name: "Add a schedule" }).click();
  const preview = page.getByRole("status", { name: "What the rule means" });
  await page.getByLabel("Name", { exact: true }).fill("flood");
  for (const [rule, words] of [
    ["FREQ=SECONDLY", "HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY"],
    ["0 0 30 2 *", "no time in the next ten years"],
    ["* * *", "five fields"],
  ] as const) {
    await page.getByLabel("Rule", { exact: true }).fill(rule);
    await expect(preview).toContainText(words);
  }
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByText("The schedule was not saved")).toBeVisible();
  await expect(page.getByRole("row", { name: /flood/ })).toHaveCount(0);
});

test("somebody on the overview sees what starts next by itself", async ({ page, api: _ready }) => {
  await page.goto("/");
  const queue = page.getByRole("region", { name: "Work now" });
  await expect(queue).toContainText(/Next by (?:minutely|every-hour) (?:in \d+ (?:s|min)|now)/);
  await queue.getByRole("link", { name: /^Next by/ }).click();
  await expect(page).toHaveURL(/\/schedules/);
});

// It waits for a minute to pass: in the long form alone.
test("@long somebody with the page open sees a schedule whose tick comes run by itself", async ({ page, api }) => {
  test.setTimeout(120_000);
  await page.goto("/schedules");
  const row = page.getByRole("row", { name: /minutely/ });
  await expect(row.getByText("success", { exact: true })).toBeVisible({ timeout: 75_000 });
  const { schedules } = await api.query<{ schedules: { name: string; lastRun: { jobId: string } | null }[] }>(
    "schedules.list",
  );
  const jobId = schedules.find(({ name }) => name === "minutely")?.lastRun?.jobId;
  await expect(row.getByRole("link")).toHaveAttribute("href", `/syncs/${jobId}`);
  await page.goto(`/syncs/${jobId}`);
  await expect(page.getByText(/Queued by schedule minutely, due at /)).toBeVisible();
});
