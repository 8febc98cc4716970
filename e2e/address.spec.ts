import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/** How long after a page has written its address the router says so, as on a busy machine. */
const LATE_MS = 1_500;

/** From here on the router says each address late, and the earlier one as if it were the present. */
async function slowRouter(page: Page): Promise<void> {
  await page.evaluate((lateMs) => {
    const say = history.replaceState.bind(history);
    history.replaceState = (data: { __NA?: boolean } | null, unused: string, url?: string | URL | null) => {
      if (data?.__NA === true) return say(data, unused, url);
      History.prototype.replaceState.call(history, history.state, unused, url);
      setTimeout(() => say(data, unused, url), lateMs);
    };
  }, LATE_MS);
}

/** All that an element says from now on: a field its value, a row its hold. */
async function recordWhat(page: Page, selector: string): Promise<() => Promise<string[]>> {
  await page.evaluate((ofElement) => {
    const said: string[] = [];
    const look = () => {
      const element = document.querySelector<HTMLElement>(ofElement);
      const present = element instanceof HTMLInputElement ? element.value : (element?.dataset["hold"] ?? "none");
      if (present !== said.at(-1)) said.push(present);
      requestAnimationFrame(look);
    };
    look();
    Object.assign(window, { said });
  }, selector);
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}

const routerHasSaid = (page: Page) => page.waitForTimeout(LATE_MS + 1_000);

test("a key that comes before the router has said where the one before led is not lost when it does", async ({
  page,
  api,
  market,
}) => {
  await market.setPrice({ model: "x-ai/grok-5", meter: "output", usdPerMillion: "0.02" });
  await api.sync();
  await page.goto("/review?q=grok");
  const rows = page.getByRole("list", { name: "Held prices" }).locator("[data-hold]");
  const [, first = "", second = ""] = await Promise.all(
    [0, 0, 1].map(async (place) => (await rows.nth(place).getAttribute("data-hold")) ?? ""),
  );
  await page.keyboard.press("j");
  await page.waitForURL(`**hold=${first}`);
  await slowRouter(page);
  const chosen = await recordWhat(page, "[data-shown]");
  await page.keyboard.press("j");
  await page.waitForURL(`**hold=${second}`);
  await page.keyboard.press("k");
  await page.waitForURL(`**hold=${first}`);
  await routerHasSaid(page);
  expect(await chosen()).toEqual([first, second, first]);
});

test("a letter that is typed before the router has said the one before is not lost when it does", async ({ page }) => {
  await page.goto("/prices");
  const search = page.getByRole("searchbox");
  await slowRouter(page);
  const typed = await recordWhat(page, "main [type=search]");
  await search.press("g");
  await page.waitForURL("**q=g");
  await search.press("p");
  await page.waitForURL("**q=gp");
  await routerHasSaid(page);
  expect(await typed()).toEqual(["", "g", "gp"]);
});
