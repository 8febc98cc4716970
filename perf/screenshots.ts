/**
 * Takes a picture of every page, in both colours and three widths, of the demo with its simulated market.
 *
 *   npm run screenshots                    into docs/screenshots
 *   npm run screenshots -- --out FOLDER
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright";
import { createMarketClient } from "#/market/market-client.ts";
import { openDemo } from "#/testing/open-demo.ts";
import { createStackApi, type StackApi } from "#/testing/stack-api.ts";
import { LIST_COUNT, listPages, openPage } from "./ui/pages.ts";
import { findExamples, openBrowser, signIn } from "./ui/stack.ts";

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1_024 },
  { width: 1_440, height: 900 },
];
const SCHEMES = ["light", "dark"] as const;
/** So many days of the market pass first, so that there are changes to be seen. */
const DAYS = 3;
const QUALITY = 80;

const { out } = parseArgs({ options: { out: { type: "string", default: "docs/screenshots" } } }).values;
const demo = await openDemo();
const folder = await mkdtemp(join(tmpdir(), "ratebook-pictures-"));
try {
  const { url } = demo;
  const api = createStackApi(url, demo.apiKey);
  const market = createMarketClient(demo.marketUrl);
  for (let day = 0; day < DAYS; day += 1) {
    await api.sync();
    await market.step();
  }
  const examples = await findExamples(api, "litellm");
  const { pages, unknown } = await listPages({ ...examples, jobId: await findRichestRun(api) });
  for (const pattern of unknown)
    process.stdout.write(`${pattern} is left out: perf/ui/pages.ts has no example of it\n`);
  const { context } = await openBrowser(join(folder, "browser"));
  await signIn(context, url, demo.login);
  const page = await context.newPage();
  await mkdir(out, { recursive: true });
  for (const { pattern, path } of pages) await takePictures(page, url + path, nameOf(pattern));
  await context.close();
  process.stdout.write(`${pages.length * SIZES.length * SCHEMES.length} pictures are in ${out}\n`);
} finally {
  await demo.close();
  await rm(folder, { recursive: true, force: true });
}

/** The run that has changed the most, since a page of one that changed nothing shows little. */
async function findRichestRun(api: StackApi): Promise<string> {
  type Listed = Readonly<{ syncs: readonly Readonly<{ jobId: string; counts: Readonly<{ changed: number }> }>[] }>;
  const { syncs } = await api.query<Listed>("syncs.list", { kinds: ["sync"], limit: 50 });
  const [richest] = syncs.toSorted((a, b) => b.counts.changed - a.counts.changed);
  if (richest === undefined) throw new Error("the demo has no run");
  return richest.jobId;
}

async function takePictures(page: Page, url: string, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await openPage(page, url);
      // A page before it works looks as no reader keeps it.
      await page.getByText("Connecting", { exact: true }).waitFor({ state: "hidden" });
      if (name === "prices") await page.locator(LIST_COUNT).filter({ hasText: /\d/ }).first().waitFor();
      const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
      await writeFile(join(out, `${name}-${colorScheme}-${size.width}.webp`), Buffer.from(data, "base64"));
    }
  }
  await session.detach();
}

/** `/sources/[name]` is `sources-name`. */
function nameOf(pattern: string): string {
  const words = pattern.match(/\w+(?:-\w+)*/g) ?? ["overview"];
  return words.join("-");
}
