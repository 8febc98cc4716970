/** Where measurements and pictures of the dashboard find things. When a page is renamed, this is the one file to change. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";

/** The list of all prices; the first of these that there is. */
export const PRICE_LISTS = ["/prices", "/models"] as const;
/** What one types into to filter that list. */
export const SEARCH_BOX = '[role="search"] input';
/** That list, and what in it tells one row from another. */
export const LIST = 'main [role="table"], main [role="grid"], main table';
/** Says how many prices the filters let through, once the list is in the browser's memory. */
export const LIST_COUNT = 'main [role="status"]';
/** Each page has one when it has its data. */
const HEADING = "h1";
/** What stands where data is still on its way. */
const PLACEHOLDERS = ".mantine-Skeleton-root";
/** A link to a run, on the overview. */
export const linkToRun = (jobId: string) => `a[href*="${jobId}"]`;

/** Pages that somebody sees who is not signed in. */
export const OPEN_PAGES: ReadonlySet<string> = new Set(["/sign-in", "/join"]);

/** What the parts of an address in brackets are filled with. */
export type Examples = Readonly<{ jobId: string; source: string; seller: string; model: string }>;

/** A page of the app: its pattern in `src/app`, and an address that fits it. */
export type AppPage = Readonly<{ pattern: string; path: string }>;

/** An address that only leads to another one is no page. */
const LEADS_ON = /\bredirect\(/;

/** Every page of the app, as its folders say. `unknown` are those of which no example is known here. */
export async function listPages(
  examples: Examples,
): Promise<{ pages: readonly AppPage[]; unknown: readonly string[] }> {
  const root = fileURLToPath(new URL("../../src/app", import.meta.url));
  const all = (await readdir(root, { recursive: true })).filter((file) => /(?:^|\/)page\.tsx$/.test(file));
  const isPage = await Promise.all(all.map(async (file) => !LEADS_ON.test(await readFile(`${root}/${file}`, "utf8"))));
  const files = all.filter((_file, index) => isPage[index]);
  const patterns = files.map((file) => {
    const parts = file.split("/").filter((part) => part !== "page.tsx" && !part.startsWith("("));
    return `/${parts.join("/")}`;
  });
  const pages = patterns.toSorted().map((pattern) => ({ pattern, path: fillPattern(pattern, examples) }));
  return {
    pages: pages.filter(({ path }) => !path.includes("[")),
    unknown: pages.filter(({ path }) => path.includes("[")).map(({ pattern }) => pattern),
  };
}

function fillPattern(pattern: string, { jobId, source, seller, model }: Examples): string {
  const modelPath = [seller, ...model.split("/")].map(encodeURIComponent).join("/");
  return pattern
    .replace(/^\/syncs\/\[[^/]+$/, `/syncs/${jobId}`)
    .replace(/^\/syncs\/compare$/, `/syncs/compare?a=${jobId}&b=${jobId}`)
    .replace(/^\/sources\/\[[^/]+$/, `/sources/${encodeURIComponent(source)}`)
    .replace(/^\/(models|prices)\/\[.+$/, (_all, list: string) => `/${list}/${modelPath}`);
}

/** The pages that `--quick` looks at: the first one, and the two with the most code. */
export function chooseFew(pages: readonly AppPage[]): readonly AppPage[] {
  return pages.filter(({ pattern }) => pattern === "/" || /^\/(?:models|prices)(?:\/\[|$)/.test(pattern));
}

/** Opens a page, and waits until it has its data. */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator(HEADING).first().waitFor();
  await page.waitForFunction((selector) => document.querySelector(selector) === null, PLACEHOLDERS);
}
