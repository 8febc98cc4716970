/** Ratebook in its production build, with a simulated market, a long list of prices, and somebody signed in. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "playwright";
import { createMarketClient, type MarketClient } from "#/market/market-client.ts";
import { findBrowser } from "#/testing/find-browser.ts";
import { openFilledStack } from "#/testing/open-filled-stack.ts";
import { STACK_LOGIN } from "#/testing/open-stack.ts";
import { findMarketPrice, addMarketSources, createStackApi, type StackApi } from "#/testing/stack-api.ts";
import type { Examples } from "./pages.ts";

export type UiStack = Readonly<{
  url: string;
  api: StackApi;
  market: MarketClient;
  /** Of the session, as a header. */
  cookie: string;
  /** The browser's own context, in which somebody is signed in. */
  context: BrowserContext;
  /** Where other tools reach the same browser. */
  debuggingPort: number;
  examples: Examples;
  close: () => Promise<void>;
}>;

/** `rates` stand in the book beside those of the market. */
export async function openUiStack({ rates }: Readonly<{ rates: number }>): Promise<UiStack> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-ui-"));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const one of closers.toReversed()) await one();
  };
  try {
    const stack = await openFilledStack({ rates });
    closers.push(() => stack.close());
    const { url } = stack;
    const api = createStackApi(url);
    await addMarketSources(api, stack.marketUrl);
    const examples = await findExamples(api, "market-litellm");
    const { context, debuggingPort } = await openBrowser(join(folder, "browser"));
    closers.push(() => context.close());
    await signIn(context, url, STACK_LOGIN);
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    return { url, api, market: createMarketClient(stack.marketUrl), cookie, context, debuggingPort, examples, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Syncs, and answers what the addresses of pages are filled with. Throws when the market has no such price. */
export async function findExamples(api: StackApi, source: string): Promise<Examples> {
  const { jobId } = await api.sync();
  return { jobId, source, ...(await findMarketPrice(api)) };
}

/** A browser whose one context keeps its data in `folder`, and which other tools reach at a port. */
export async function openBrowser(folder: string): Promise<{ context: BrowserContext; debuggingPort: number }> {
  const debuggingPort = 20_000 + Math.floor(Math.random() * 20_000);
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: findBrowser(),
    viewport: { width: 1440, height: 900 },
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--remote-debugging-port=${debuggingPort}`,
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
    ],
  });
  return { context, debuggingPort };
}

type Login = Readonly<{ email: string; password: string }>;

/** Signs somebody in, for every page of a browser. Throws when the server refuses. */
export async function signIn({ request }: BrowserContext, url: string, login: Login): Promise<void> {
  const answer = await request.post(`${url}/api/auth/sign-in/email`, { data: login, headers: { origin: url } });
  if (!answer.ok()) throw new Error(`the sign-in was refused: ${answer.status()} ${await answer.text()}`);
}
