import { expect, expectAccessible, test } from "./fixtures.ts";

test.afterEach(async ({ market }) => market.clearFaults());

test("an operator sees a source asked again by itself, attempt by attempt, and the sync end as a success", async ({
  page,
  api,
  market,
}) => {
  await market.setFault({ feed: "litellm", kind: "status", status: 503, times: 1 });
  const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
  await page.goto(`/syncs/${jobId}`);
  await expect(page.getByText(/market-litellm asked again in \d s/).first()).toBeVisible();
  await expect(page.getByText("Next attempt")).toBeVisible();
  await expect(page.getByText("success", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  const attempts = page.getByRole("region", { name: "Attempts" });
  await expect(attempts).toContainText("failed sources tried again");
  await expect(attempts.getByRole("row")).toHaveCount(3);
  await expectAccessible(page);
});

test("an operator retries what failed from the run's page, and the retry names the run it tries again", async ({
  page,
  api,
  market,
}) => {
  await market.setFault({ feed: "openrouter", kind: "status", status: 404, times: 1 });
  const { jobId, status } = await api.sync();
  expect(status).toBe("partial");
  await page.goto(`/syncs/${jobId}`);
  await page.getByRole("button", { name: "Retry failed sources only" }).click();
  await expect(page).not.toHaveURL(new RegExp(jobId));
  await expect(page.getByText("Tries again")).toBeVisible();
  await expect(page.getByText("success", { exact: true }).first()).toBeVisible();
  await page.getByRole("link", { name: jobId.slice(0, 8) }).click();
  await expect(page.getByText("Tried again by")).toBeVisible();
});

test("an operator marks a stuck sync as failed, finds it among the failed ones, and runs them again", async ({
  page,
  api,
  market,
}) => {
  await market.setFault({ feed: "models-dev", kind: "delay", delayMs: 20_000, times: 1 });
  const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger");
  await page.goto(`/syncs/${jobId}`);
  await expect(page.getByText("running", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Mark as failed" }).click();
  await page.getByLabel("Reason").fill("it hangs");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Mark as failed", exact: true }).last().click();
  await expect(page.getByText(/^Marked as failed by .*: it hangs/).first()).toBeVisible();

  await page.goto("/operations");
  await expect(page.getByRole("region", { name: "Workers" })).toContainText("alive");
  const letters = page.getByRole("region", { name: "Failed syncs" });
  await expect(letters).toContainText("it hangs");
  await expectAccessible(page);
  await letters.getByRole("checkbox", { name: `Select sync ${jobId.slice(0, 8)}` }).check();
  await letters.getByRole("button", { name: "Run 1 sync again" }).click();
  await page.getByLabel("Reason").fill("the seller is back");
  await page.getByRole("button", { name: "Queue 1 sync" }).click();
  await expect(letters).not.toContainText("it hangs");
  await expect
    .poll(async () => (await api.query<{ running: unknown[]; queued: unknown[] }>("syncs.active")).running.length)
    .toBe(0);
});
