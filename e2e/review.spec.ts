import { expect, expectAccessible, test } from "./fixtures.ts";

const MODEL = "claude-sonnet-5";

test("an operator sees a price that jumps held, approves it with a reason, and it is in force", async ({
  page,
  api,
  market,
}) => {
  await market.setPrice({ model: `anthropic/${MODEL}`, meter: "input", usdPerMillion: "3" });
  await api.sync();
  await market.setPrice({ model: `anthropic/${MODEL}`, meter: "input", usdPerMillion: "46" });
  await api.sync();

  await page.goto("/review");
  await page.getByRole("searchbox").fill(`anthropic ${MODEL}`);
  await expect(page).toHaveURL(/q=anthropic/);
  const hold = page.getByRole("listitem").filter({ hasText: "$46" }).first();
  await expect(hold).toContainText("$3.00 → $46.00 per 1M tokens");
  await hold.getByRole("link").click();
  const evidence = page.getByRole("region", { name: "Evidence" });
  await expect(evidence).toContainText("times the last good price");
  await expectAccessible(page);

  await page.goto("/prices");
  await page.getByRole("searchbox").fill(`anthropic ${MODEL}`);
  await expect(page.getByRole("table").getByText("held", { exact: true }).first()).toBeVisible();

  await page.goto("/review?q=" + encodeURIComponent(`anthropic ${MODEL}`));
  await hold.waitFor();
  await hold.getByRole("link").click();
  await page.keyboard.press("a");
  await page.getByRole("dialog").getByLabel("Reason", { exact: true }).fill("list price of today");
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.getByText("1 price put in force.")).toBeVisible();

  await page.getByLabel("State").selectOption("approved");
  await expect(evidence).toContainText(/approved by .*: list price of today/);
});

test("an operator rejects held prices, takes it back, and rejects them for good: the next sync does not ask again", async ({
  page,
  api,
  market,
}) => {
  const model = "claude-haiku-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "output", usdPerMillion: "0.05" });
  await api.sync();
  const count = async () =>
    (await api.query<{ holds: unknown[] }>("review.list", { filter: { state: "open", model }, limit: 50 })).holds
      .length;
  const held = await count();
  expect(held).toBeGreaterThan(0);

  await page.goto(`/review?q=${encodeURIComponent(model)}`);
  const reject = async () => {
    await page.getByRole("button", { name: /^Reject all/ }).click();
    await page.getByRole("dialog").getByLabel("Reason", { exact: true }).fill("the unit is wrong");
    await page.getByRole("button", { name: /^Reject \d+ holds?$/ }).click();
  };
  await reject();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(/open again/)).toBeVisible();
  await expect.poll(count).toBe(held);
  await reject();
  await expect(page.getByText("No hold matches")).toBeVisible();
  await api.sync();
  expect(await count()).toBe(0);
});

test("an operator tries a sync dry, runs it, sees what it changed, and takes that back after a dry run of the revert", async ({
  page,
  api,
  market,
}) => {
  const model = "claude-opus-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "output", usdPerMillion: "26.5" });
  await page.goto("/");
  await page.getByRole("button", { name: "Dry run" }).click();
  await expect(page).toHaveURL(/syncs/);
  const plan = page.getByRole("region", { name: "What it would do" });
  await expect(plan).toContainText("$26.50");
  await expectAccessible(page);

  const { jobId } = await api.sync();
  await page.goto(`/syncs/${jobId}`);
  await page.getByRole("button", { name: "Revert" }).click();
  await page.getByRole("button", { name: "Dry run" }).click();
  await expect(plan).toContainText("$26.50");

  await page.goto(`/syncs/${jobId}`);
  await page.getByRole("button", { name: "Revert" }).click();
  await page.getByLabel("Reason").fill("a price of yesterday");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Revert", exact: true }).last().click();
  await expect(page.getByRole("region", { name: "What it did" })).toContainText("$26.50");
});

test("an operator tests a source and reads what it came to, without writing anything", async ({ page }) => {
  await page.goto("/sources");
  await page.getByRole("button", { name: "Test market-litellm" }).click();
  await expect(page.getByText(/readable/).first()).toBeVisible();
  await expect(page.getByText(/offers: .* priced/)).toBeVisible();
  await page.getByRole("button", { name: "Disable market-openrouter" }).click();
  await page.getByLabel("Reason", { exact: true }).fill("not read for now");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Disable it" }).click();
  await expect(page.getByRole("button", { name: "Enable market-openrouter" })).toBeVisible();
  await page.getByRole("button", { name: "Enable market-openrouter" }).click();
  await expectAccessible(page);
});

test("an operator pins prices from a CSV after reading what it would set, and sees a source move away below", async ({
  page,
  api,
  market,
}) => {
  await page.goto("/prices/pins");
  await page.getByRole("button", { name: "Import a CSV" }).click();
  const csv = page.getByLabel("CSV", { exact: true });
  const header = "seller,model,variant,meter,unit,usd_per_unit,reason,expires_at";
  const line = "openai,gpt-5.6,,output,,0.0000123,our contract,";
  const show = page.getByRole("button", { name: "Show what it would set" });
  await csv.fill(`${header}\n${line}\nopenai,gpt-5.6,,input,,cheap,our contract,`);
  await show.click();
  await expect(page.getByText(/^Line 3: usd_per_unit/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Pin/ })).toBeDisabled();
  await csv.fill(`${header}\n${line}`);
  await show.click();
  await expect(page.getByRole("table", { name: "What it would set" })).toContainText("$12.30 per 1M tokens");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Pin 1 price" }).click();

  await market.setPrice({ model: "openai/gpt-5.6", meter: "output", usdPerMillion: "14.5" });
  await api.sync();
  await page.goto("/prices/pins?q=gpt-5.6");
  const pins = page.getByRole("table", { name: "Pins" });
  await expect(pins).toContainText("Output: $12.30 per 1M tokens");
  await expect(pins).toContainText("moved since");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Clear the pin of output" }).click();
  await page.getByRole("button", { name: "Clear the pin", exact: true }).click();
  await expect(page.getByText("No pin matches")).toBeVisible();
});
