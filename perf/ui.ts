/**
 * Measures the dashboard as our own server serves it: the production build, a simulated market, 12,000 rates beside it, a real
 * browser. Prints a line for each figure, with `ok` or `OVER` where there is a budget. `npm run perf:ui` builds first.
 *
 *   npm run perf:ui                       every page, some ten minutes
 *   npm run perf:ui -- --quick            three pages through Lighthouse, and fewer repeats, some five minutes
 *   npm run perf:ui -- --rates 50000      with so many rates beside it instead of 12,000
 *
 * Exit code 1 when a budget is exceeded.
 */
import { parseArgs } from "node:util";
import { printHelp } from "./print-help.ts";
import { quantile } from "./quantile.ts";
import { measureBlocking } from "./ui/blocking.ts";
import { findLongTasks, timeKeystrokes } from "./ui/list.ts";
import { measureSyncTraffic, timeEvents } from "./ui/live.ts";
import { middle, score, type Scores } from "./ui/lighthouse.ts";
import { chooseFew, LIST_COUNT, listPages, OPEN_PAGES, openPage, PRICE_LISTS, type AppPage } from "./ui/pages.ts";
import { createPageMeter } from "./ui/scripts.ts";
import { openUiStack, type UiStack } from "./ui/stack.ts";
import { watchTraffic } from "./ui/traffic.ts";

printHelp(import.meta.url);

/** KB are 1,000 bytes. */
const BUDGET = {
  scriptsKb: 300,
  score: 95,
  lcpMs: 1_200,
  cls: 0.05,
  keystrokeMs: 50,
  longTaskMs: 50,
  eventP95Ms: 250,
} as const;

const { values } = parseArgs({ options: { quick: { type: "boolean" }, rates: { type: "string", default: "12000" } } });
const isQuick = values.quick === true;
const rates = Number(values.rates);
if (!Number.isInteger(rates) || rates < 0) throw new Error("--rates has to be a whole number");
const REPEATS = isQuick ? { events: 10, scrolls: 60 } : { events: 40, scrolls: 300 };

let isOver = false;

type Figure = Readonly<{ what: string; value: number; unit: string; budget?: number; isLeast?: boolean }>;

function report({ what, value, unit, budget, isLeast = false }: Figure): void {
  const isKept = budget === undefined || (isLeast ? value >= budget : value <= budget);
  isOver ||= !isKept;
  const verdict = budget === undefined ? "" : isKept ? "ok" : "OVER";
  const shown = value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 3 : 0 });
  const limit = budget === undefined ? "" : `  at ${isLeast ? "least" : "most"} ${budget} ${unit}`;
  process.stdout.write(`${verdict.padEnd(5)} ${what.padEnd(64)} ${shown.padStart(9)} ${unit}${limit}\n`);
}

async function measureScripts({ url, cookie }: UiStack, pages: readonly AppPage[]): Promise<void> {
  const measure = createPageMeter(url, cookie);
  for (const { pattern, path } of pages) {
    const { documentBytes, scripts, plainBytes, gzipBytes, wireBytes, uncompressed } = await measure(path);
    report({
      what: `${pattern}  ${scripts} scripts, gzip`,
      value: gzipBytes / 1_000,
      unit: "KB",
      budget: BUDGET.scriptsKb,
    });
    report({
      what: `${pattern}  on the wire in br; plain ${Math.round(plainBytes / 1_000)} KB`,
      value: wireBytes / 1_000,
      unit: "KB",
    });
    report({ what: `${pattern}  document on the wire`, value: documentBytes / 1_000, unit: "KB" });
    report({ what: `${pattern}  files that leave uncompressed`, value: uncompressed.length, unit: "", budget: 0 });
  }
}

/** With what is loaded late, until the page has its data and has been quiet for a second. */
async function measureLoads({ url, context }: UiStack, pages: readonly AppPage[]): Promise<void> {
  for (const { pattern, path } of pages) {
    const page = await context.newPage();
    const read = await watchTraffic(page);
    await openPage(page, url + path);
    await page.waitForTimeout(1_000);
    const { requests, bytes, scriptBytes } = read();
    report({ what: `${pattern}  whole load, ${requests} requests`, value: bytes / 1_000, unit: "KB" });
    report({
      what: `${pattern}  all scripts, with those that are loaded late`,
      value: scriptBytes / 1_000,
      unit: "KB",
    });
    await page.close();
  }
}

async function measureScores({ url, debuggingPort }: UiStack, pages: readonly AppPage[]): Promise<void> {
  // The first page that a process serves waits for code that it loads.
  await score(`${url}/`, debuggingPort);
  for (const { pattern, path } of pages) {
    const first = await score(url + path, debuggingPort);
    // One run in a busy moment says little; the middle of three says more.
    const more = isGood(first) ? [] : [await score(url + path, debuggingPort), await score(url + path, debuggingPort)];
    const { performance, accessibility, bestPractices, lcpMs, cls, failed } = middle([first, ...more]);
    for (const [name, value] of Object.entries({ performance, accessibility, "best practices": bestPractices }))
      report({ what: `${pattern}  ${name}`, value, unit: "", budget: BUDGET.score, isLeast: true });
    if (failed.length > 0) process.stdout.write(`      ${pattern}  failed there: ${failed.join(", ")}\n`);
    report({ what: `${pattern}  largest paint`, value: lcpMs, unit: "ms", budget: BUDGET.lcpMs });
    report({ what: `${pattern}  layout shift`, value: cls, unit: "", budget: BUDGET.cls });
  }
}

function isGood({ performance, accessibility, bestPractices, lcpMs, cls }: Scores): boolean {
  return (
    Math.min(performance, accessibility, bestPractices) >= BUDGET.score && lcpMs <= BUDGET.lcpMs && cls <= BUDGET.cls
  );
}

/** Why a score is below its budget on a machine whose processors the server, the database and the browser share. */
async function measureBlocked({ url, context }: UiStack, pages: readonly AppPage[]): Promise<void> {
  for (const { pattern, path } of pages) {
    const { elapsedMs, processorMs } = await measureBlocking(context, url + path);
    report({ what: `${pattern}  tasks beyond 50 ms while it loads, by the clock`, value: elapsedMs, unit: "ms" });
    report({ what: `${pattern}  the same in processor time`, value: processorMs, unit: "ms" });
  }
}

async function measureList({ url, context }: UiStack, path: string): Promise<void> {
  const page = await context.newPage();
  await openPage(page, url + path);
  await page.locator(LIST_COUNT).filter({ hasText: /\d/ }).first().waitFor();
  const times = await timeKeystrokes(page, isQuick ? "model" : "vendor model-119");
  report({
    what: `${path}  a keystroke of the filter, median of ${times.length}`,
    value: quantile(times, 0.5),
    unit: "ms",
  });
  const slowest = { what: `${path}  a keystroke of the filter, p95`, value: quantile(times, 0.95), unit: "ms" };
  report({ ...slowest, budget: BUDGET.keystrokeMs });
  const tasks = await findLongTasks(page, REPEATS.scrolls);
  const longest = { what: `${path}  longest of ${tasks.length} long tasks while scrolling`, unit: "ms" };
  report({ ...longest, value: Math.max(0, ...tasks), budget: BUDGET.longTaskMs });
  await page.close();
}

async function measureLive({ url, context, api, market }: UiStack, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const page = await context.newPage();
    await openPage(page, url + path);
    await page.waitForTimeout(1_000);
    const unchanged = await measureSyncTraffic(page, () => api.sync());
    const words = `${path}  asked for because of one sync`;
    report({
      what: `${words} without changes, ${unchanged.requests} requests`,
      value: unchanged.bytes / 1_000,
      unit: "KB",
    });
    await market.step();
    const changed = await measureSyncTraffic(page, () => api.sync());
    report({ what: `${words} of a new day, ${changed.requests} requests`, value: changed.bytes / 1_000, unit: "KB" });
    await page.close();
  }
  const page = await context.newPage();
  await openPage(page, `${url}/`);
  await page.waitForTimeout(1_000);
  const times = await timeEvents(page, api, REPEATS.events);
  report({
    what: `a new run is on the page after its commit, median of ${times.length}`,
    value: quantile(times, 0.5),
    unit: "ms",
  });
  const slowest = { what: "a new run is on the page after its commit, p95", value: quantile(times, 0.95), unit: "ms" };
  report({ ...slowest, budget: BUDGET.eventP95Ms });
  await page.close();
}

/** The other parts are measured although one can't be. */
async function attempt(part: string, measure: () => Promise<void>): Promise<void> {
  try {
    await measure();
  } catch (error) {
    isOver = true;
    process.stdout.write(`FAIL  ${part}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

const stack = await openUiStack({ rates });
try {
  const { pages, unknown } = await listPages(stack.examples);
  for (const pattern of unknown)
    process.stdout.write(`      ${pattern} is left out: perf/ui/pages.ts has no example of it\n`);
  const signedIn = pages.filter(({ pattern }) => !OPEN_PAGES.has(pattern));
  const list = PRICE_LISTS.find((path) => pages.some(({ pattern }) => pattern === path));
  if (list === undefined) throw new Error("there is no list of prices: perf/ui/pages.ts names where it may be");
  const few = isQuick ? chooseFew(signedIn) : signedIn;
  await attempt("scripts", () => measureScripts(stack, pages));
  await attempt("loads", () => measureLoads(stack, few));
  await attempt("scores", () => measureScores(stack, few));
  await attempt("what blocks", () => measureBlocked(stack, few));
  await attempt("the list", () => measureList(stack, list));
  await attempt("live pages", () => measureLive(stack, ["/", list]));
} finally {
  await stack.close();
}
process.exitCode = isOver ? 1 : 0;
