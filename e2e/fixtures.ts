import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type APIRequestContext, type Page } from "@playwright/test";
import { createMarketClient, type MarketClient } from "#/market/market-client.ts";
import { openFilledStack } from "#/testing/open-filled-stack.ts";
import { openStack, STACK_LOGIN, type Stack } from "#/testing/open-stack.ts";
import { addMarketSources, createStackApi, type StackApi } from "#/testing/stack-api.ts";

type WorkerFixtures = { rates: number; stack: Stack; api: StackApi; market: MarketClient; session: string };
type TestFixtures = { consoleErrors: string[] };

/** One real stack for a file: server, worker, Postgres, market, a source per feed and a first sync. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  /** So many rates stand in the book beside those of the market. */
  rates: [0, { option: true, scope: "worker" }],
  stack: [
    async ({ rates }, use) => {
      const stack = await (rates === 0 ? openStack() : openFilledStack({ rates }));
      await use(stack);
      await stack.close();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  api: [
    async ({ stack }, use) => {
      const api = createStackApi(stack.url);
      await addMarketSources(api, stack.marketUrl);
      await api.sync();
      await use(api);
    },
    { scope: "worker" },
  ],
  market: [async ({ stack }, use) => use(createMarketClient(stack.marketUrl)), { scope: "worker" }],
  session: [
    async ({ stack, playwright, api: _ready }, use) => {
      const request: APIRequestContext = await playwright.request.newContext({ baseURL: stack.url });
      const answer = await request.post("/api/auth/sign-in/email", {
        data: STACK_LOGIN,
        headers: { origin: stack.url },
      });
      expect(answer.ok()).toBe(true);
      const state = await request.storageState();
      await request.dispose();
      await use(JSON.stringify(state));
    },
    { scope: "worker" },
  ],
  baseURL: async ({ stack }, use) => use(stack.url),
  storageState: async ({ session }, use) => use(JSON.parse(session)),
  page: async ({ page }, use) => {
    const open = page.goto.bind(page);
    // Nobody can use a page that does not work yet, but a test can fill in what is not listened to.
    page.goto = async (...target) => {
      const answer = await open(...target);
      await expect(page.locator("#content > [inert]")).toHaveCount(0);
      return answer;
    };
    await use(page);
  },
  consoleErrors: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await use(errors);
  },
});

/** Fails with axe's own words for everything it finds. */
export async function expectAccessible(page: Page): Promise<void> {
  // Four times as quick without a page of its own for the results of frames, of which there are none, and without what is well.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const { violations } = await axe.analyze();
  expect(
    violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ""}`).join(" ")}`,
    ),
  ).toEqual([]);
}

/** Fails for a verb, a link or bad news that sticks out of the page at its sides, and when the page scrolls sideways. */
export async function expectInView(page: Page): Promise<void> {
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll("main button, main a, main input, main .bad-news, main [data-phase]")]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < 0 || right > window.innerWidth + 0.5);
      })
      .map((element) => element.outerHTML),
  );
  expect(outside, page.url()).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}

export { expect };
