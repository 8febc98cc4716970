import { expect, expectAccessible, test } from "./fixtures.ts";

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

for (const [name, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`somebody with a ${name} in ${colorScheme} finds every page readable, and nothing sticks out`, async ({
      page,
      api,
      consoleErrors,
    }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { jobId } = await api.sync();
      const { offers } = await api.query<{ offers: { seller: string; model: string }[] }>("prices.list", {
        search: "anthropic claude",
        state: "priced",
        limit: 1,
      });
      const model = `/models/${encodeURIComponent(offers[0]?.seller ?? "")}/${(offers[0]?.model ?? "").split("/").map(encodeURIComponent).join("/")}`;
      for (const path of [
        "/",
        `/syncs/${jobId}`,
        "/models",
        model,
        `${model}?at=2026-08-01T12:00`,
        "/review",
        "/pins",
        "/conflicts",
        "/changes",
        "/sources",
        "/sources/market-litellm",
        "/operations",
        "/schedules",
        "/settings",
        "/nowhere",
      ]) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await page.waitForLoadState("networkidle").catch(() => {});
        await expectAccessible(page);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${path} is wider than the screen`).toBeLessThanOrEqual(0);
      }
      // The browser itself reports the page that is not there.
      expect(consoleErrors.filter((text) => !text.includes("404"))).toEqual([]);
    });
  }
}
