import { FEED_PATHS } from "#/market/feed.ts";
import { expect, expectAccessible, test } from "./fixtures.ts";

// The other files count the sources that are enabled.
test.afterAll(async ({ api }) => {
  for (const name of ["second-look", "archive"]) await api.mutate("sources.disable", { name, reason: "tried" });
});

test("an operator adds a source, ranks it, tries other thresholds and sets them with a reason", async ({
  page,
  stack,
  api: _ready,
}) => {
  await page.goto("/sources");
  await page.getByRole("button", { name: "Add a source" }).click();
  await page.getByLabel("Kind", { exact: true }).selectOption("openrouter");
  await page.getByLabel("Name", { exact: true }).fill("second-look");
  await page.getByLabel("Address").fill(stack.marketUrl + FEED_PATHS.openrouter);
  await expect(page.getByLabel("Option endpoints")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add it" })).toHaveCount(0);
  await page.getByRole("button", { name: "Test it" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a source" });
  await expect(dialog.getByText("readable", { exact: true })).toBeVisible();
  await expect(dialog.getByRole("status")).toContainText(/\d+ priced/);
  await expectAccessible(page);
  await page.getByLabel("Address").fill(`${stack.marketUrl}/nothing-here`);
  await page.getByRole("button", { name: "Test it" }).click();
  await expect(dialog.getByText("not readable", { exact: true })).toBeVisible();
  await page.getByLabel("Address").fill(stack.marketUrl + FEED_PATHS.openrouter);
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByRole("button", { name: "Add it", exact: true }).click();
  await page.getByRole("link", { name: "second-look" }).click();
  await expect(page).toHaveURL(/sources\/second-look/);

  await page.getByRole("button", { name: "Change the order" }).click();
  const order = page.getByRole("list", { name: "Order of the sources" });
  // A count does not wait for the list.
  await page.getByRole("button", { name: "Move second-look up" }).focus();
  const last = await order.getByRole("listitem").count();
  for (let place = last; place > 1; place -= 1) await page.keyboard.press("ArrowUp");
  await expect(order.getByRole("listitem").first()).toContainText("second-look");
  await expect(page.getByRole("status", { name: "What the move changes" })).toContainText("in force would change");
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Reason" }).fill("its numbers are fresher");
  await page.getByRole("button", { name: "Move it" }).click();
  await expect(page.getByText("second-look is now in place 1.")).toBeVisible();
  await expect(page.getByRole("region", { name: "How it went" })).toContainText("Place1");

  await page.goto("/sources/market-litellm");
  await page.getByLabel("Another threshold").selectOption("jumpUp");
  const jumpUp = page.getByLabel("jump up", { exact: true });
  await jumpUp.fill("1.5");
  await page.getByRole("button", { name: "Show what it would have held" }).click();
  await expect(page.getByText(/^Of [\d,]+ prices? in the last 30 days/)).toBeVisible();
  await expectAccessible(page);
  await jumpUp.fill("900");
  await page.getByLabel("Reason for these thresholds").fill("a typing mistake");
  await page.getByRole("button", { name: "Set the thresholds" }).click();
  await expect(page.getByText("The thresholds were not set")).toBeVisible();
  await jumpUp.fill("3");
  await page.getByRole("button", { name: "Set the thresholds" }).click();
  await expect(page.getByText("The thresholds of market-litellm are set")).toBeVisible();
  await page.reload();
  await expect(jumpUp).toHaveValue("3");
});

test("an admin drags a source up, edits one, and sees which prices are lost before one is removed", async ({
  page,
  stack,
  api,
}) => {
  await api.mutate("sources.add", { name: "alone", kind: "openrouter", url: stack.marketUrl + FEED_PATHS.openrouter });
  await page.goto("/sources");
  await page.getByRole("button", { name: "Change the order" }).click();
  const order = page.getByRole("list", { name: "Order of the sources" }).getByRole("listitem");
  await order.filter({ hasText: "alone" }).dragTo(order.first());
  await expect(order.first()).toContainText("alone");
  await expect(page.getByText(/^alone moves from place \d+ to place 1\.$/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Change the order" })).toBeFocused();

  await page.getByRole("button", { name: "Edit alone" }).click();
  await page.getByLabel("Environment variable with its key").fill("ACME_API_KEY");
  await page.getByRole("textbox", { name: "Reason" }).fill("it asks for a key now");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("alone is changed.")).toBeVisible();

  await page.getByRole("button", { name: "Remove market-models-dev" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove market-models-dev?" });
  await expect(dialog).toContainText(/prices? in force would change/);
  await expect(dialog.getByRole("button", { name: /^Remove it/ })).toBeDisabled();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove alone" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("it was a trial");
  await page.getByRole("button", { name: "Remove it", exact: true }).click();
  await expect(page.getByText("alone is removed.")).toBeVisible();
  await expect(page.getByRole("link", { name: "alone", exact: true })).toHaveCount(0);
});

test("an operator reads a stored payload again, and adds an archived one to the history", async ({ page, api }) => {
  await page.goto("/sources/market-openrouter");
  await page.getByRole("button", { name: "Dry run: read again" }).click();
  await expect(page).toHaveURL(/syncs/);
  await expect(page.getByRole("region", { name: "What it would do" })).toContainText("Nothing would change");

  await api.mutate("sources.add", { name: "archive", kind: "openrouter", url: "http://127.0.0.1:9/" });
  for (const [day, prompt] of [
    ["2025-01-01", "0.000001"],
    ["2025-02-01", "0.0000013"],
  ] as const) {
    await page.goto("/sources/archive");
    const document = { data: [{ id: "old/one", pricing: { prompt, completion: "0.000004" } }] };
    const buffer = Buffer.from(JSON.stringify(document));
    await page.locator("input[type=file]").setInputFiles({ name: "day.json", mimeType: "application/json", buffer });
    await page.getByLabel("Seen at (UTC)").fill(`${day}T00:00`);
    await page.getByRole("button", { name: "Add to the history" }).click();
    await expect(page).toHaveURL(/syncs/);
    await expect(page.getByText("success", { exact: true }).first()).toBeVisible();
  }
  await page.goto("/changes?from=2025-01-15T00:00&to=2025-02-15T00:00");
  await expect(page.getByText("Nothing differs between these instants")).toBeVisible();
  // The page stands there with its data before it takes clicks.
  await expect(() => page.getByLabel("With what is known now").check({ timeout: 2_000 })).toPass();
  const differences = page.getByRole("region", { name: "What differs" });
  await expect(differences).toContainText("$1.00 → $1.30 per 1M tokens");
  await page.getByRole("button", { name: "Monthly usage" }).click();
  await page
    .getByLabel("CSV", { exact: true })
    .fill("seller,model,variant,meter,units_per_month\nopenrouter,old/one,,input,1000000000");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Record it" }).click();
  await expect(differences).toContainText("$300.00 more a month");
});

test("an operator narrows the models to those that are marked, and takes the book along as a file", async ({
  page,
  api: _ready,
}) => {
  await page.goto("/prices?q=no-such-model");
  await page.getByLabel("Mark", { exact: true }).selectOption("delisted");
  await expect(page).toHaveURL(/mark=delisted/);
  await expect(page.getByText("No price matches")).toBeVisible();
  await expect(page.getByLabel("Mark", { exact: true })).toContainText(/held \(\d+\)/);
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL(/\/prices$/);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: /^Export [\d,]+ prices as CSV$/ }).click();
  expect((await download).suggestedFilename()).toBe("prices.csv");
});
