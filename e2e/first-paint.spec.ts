import { listPages, OPEN_PAGES } from "../perf/ui/pages.ts";
import { findMarketPrice } from "#/testing/stack-api.ts";
import { expect, test } from "./fixtures.ts";

/** What only a browser can draw, which has its place until then: the chart of a model. */
const DRAWN_LATE: ReadonlyMap<string, number> = new Map([["/prices/[seller]/[...model]", 1]]);

test("whoever opens any page gets it with its data, not with places for what is yet to come", async ({ page, api }) => {
  const { jobId } = await api.sync();
  const price = await findMarketPrice(api);
  const { pages, unknown } = await listPages({ jobId, source: "market-litellm", ...price });
  expect(unknown).toEqual([]);
  const signedIn = pages.filter(({ pattern }) => !OPEN_PAGES.has(pattern));
  expect(signedIn.map(({ pattern }) => pattern)).toContain("/changes");
  for (const { pattern, path } of signedIn) {
    const answer = await page.request.get(path);
    expect(answer.status(), path).toBe(200);
    const html = await answer.text();
    expect(count(html, /<h1[ >]/g), `${path} has no heading`).toBe(1);
    expect(count(html, /mantine-Skeleton-root/g), `${path} comes without its data`).toBe(DRAWN_LATE.get(pattern) ?? 0);
  }
});

function count(html: string, what: RegExp): number {
  return html.match(what)?.length ?? 0;
}
