import { findMarketPrice } from "#/testing/stack-api.ts";
import { expect, expectAccessible, test } from "./fixtures.ts";

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;

type Look = Readonly<{ size: keyof typeof SIZES; colorScheme: "light" | "dark"; isRead: boolean }>;

const ALL_LOOKS: readonly Look[] = (["phone", "desk"] as const).flatMap((size) =>
  (["light", "dark"] as const).map((colorScheme) => ({ size, colorScheme, isRead: true })),
);
// What axe finds it finds at any size: the short form has it read each page once, `npm run test:look` in every look.
const LOOKS: readonly Look[] =
  process.env["E2E_FORM"] === "long"
    ? ALL_LOOKS
    : [
        { size: "phone", colorScheme: "dark", isRead: false },
        { size: "desk", colorScheme: "light", isRead: true },
      ];

// What stands in braces is looked up in the stack's data.
const PATHS = [
  "/",
  "/syncs/{job}",
  "/prices",
  "{model}",
  "{model}?at=2026-08-01T12:00",
  "/review",
  "/prices/pins",
  "/gateways",
  "/prices/conflicts",
  "/changes",
  "/sources",
  "/sources/market-litellm",
  "/operations",
  "/schedules",
  "/settings/people",
  "/settings/keys",
  "/settings/webhooks",
  "/settings/retention",
  "/settings/audit",
  "/settings/account",
  "/nowhere",
  "/syncs/nonsense",
  "/sources/nonsense",
];

for (const path of PATHS) {
  test(`on a phone and at a desk, ${path} is readable, and nothing sticks out or is cut`, async ({
    page,
    api,
    consoleErrors,
  }) => {
    await page.setViewportSize(SIZES.phone);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(await fill(path));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
    for (const { size, colorScheme, isRead } of LOOKS) {
      await page.setViewportSize(SIZES[size]);
      await page.emulateMedia({ colorScheme });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      if (isRead) await expectAccessible(page);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `wider than the screen of a ${size}`).toBeLessThanOrEqual(0);
      const cut = await page
        .locator(".mantine-Badge-label")
        .evaluateAll((labels) =>
          labels.filter((label) => label.scrollWidth > label.clientWidth).map((label) => label.textContent),
        );
      expect(cut, `cut off on a ${size}`).toEqual([]);
    }
    // The browser itself reports the page that is not there.
    expect(consoleErrors.filter((text) => !text.includes("404"))).toEqual([]);

    async function fill(pattern: string): Promise<string> {
      if (pattern.includes("{job}")) {
        const { jobId } = await api.sync();
        return pattern.replace("{job}", jobId);
      }
      if (!pattern.includes("{model}")) return pattern;
      const rate = await findMarketPrice(api);
      const model = rate.model.split("/").map(encodeURIComponent).join("/");
      return pattern.replace("{model}", `/prices/${encodeURIComponent(rate.seller)}/${model}`);
    }
  });
}
