import { expect, test } from "./fixtures.ts";

for (const { failing, known, unknown } of [
  {
    failing: "review.count",
    known: "All 4 sources are fresh",
    unknown: "how many prices wait for review is not known",
  },
  { failing: "sources.list", known: "Overview", unknown: "Whether the prices are fresh is not known" },
])
  test(`whoever reads the overview while ${failing} fails is told what is known and what is not, and nothing is green`, async ({
    page,
    api,
    market,
  }) => {
    await market.clearFaults();
    await api.sync();
    await page.goto("/");
    const content = page.locator("#content");
    const sentence = content.locator("p[data-tone]").first();
    await expect(sentence).toContainText("All 4 sources are fresh");
    await page.route(`**/api/trpc/${failing}**`, (route) => route.abort());
    await api.sync();
    await expect(sentence).toContainText(unknown, { timeout: 30_000 });
    await expect(content).toContainText(known);
    await expect(sentence).not.toHaveAttribute("data-tone", "good");
    await expect(content.locator(".mantine-Skeleton-root")).toHaveCount(0);

    await page.unroute(`**/api/trpc/${failing}**`);
    await content.getByRole("button", { name: "Try again" }).first().click();
    await expect(sentence).toContainText("All 4 sources are fresh");
    await expect(sentence).not.toContainText("not known");
  });
