import { z } from "zod";
import { modelHref } from "#/price/model-href.ts";

const ageing = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  facts: z.object({
    deprecated_on: z.iso.date().optional(),
    replaced_by: z.string().optional(),
    sunset_on: z.iso.date().optional(),
  }),
});
type Ageing = z.infer<typeof ageing>;

/**
 * What an answer that is about one model says of its end: `Deprecation` (RFC 9745), since when or from when on all its sellers advise
 * against it, and `Sunset` (RFC 8594), when the last of its prices stops being answered. `Link` leads to the page that says who says
 * so, and to the prices of what takes the model's place where all name the same (`successor-version`, RFC 5829). Nothing is said
 * where some price goes on. `prices` are as `/v1/prices` gives them; days are taken at their first instant in UTC.
 */
export function lifecycleHeaders(prices: readonly string[]): Readonly<Record<string, string>> {
  const known = prices.map((json) => ageing.parse(JSON.parse(json)));
  const [first] = known;
  if (first === undefined) return {};
  const deprecated = lastDay(known, ({ deprecated_on: day }) => day);
  const sunset = lastDay(known, ({ sunset_on: day }) => day);
  if (deprecated === undefined && sunset === undefined) return {};
  const links = [
    ...(deprecated === undefined ? [] : [`<${modelHref(first)}>; rel="deprecation"`]),
    ...(sunset === undefined ? [] : [`<${modelHref(first)}>; rel="sunset"`]),
    ...successorLinks(known),
  ];
  return {
    ...(deprecated === undefined ? {} : { deprecation: `@${deprecated.getTime() / 1000}` }),
    ...(sunset === undefined ? {} : { sunset: sunset.toUTCString() }),
    link: links.join(", "),
  };
}

/** The last of the days of all; none where one has none. */
function lastDay(known: readonly Ageing[], dayOf: (facts: Ageing["facts"]) => string | undefined): Date | undefined {
  const days = known.flatMap(({ facts }) => dayOf(facts) ?? []);
  const last = days.toSorted().at(-1);
  return last === undefined || days.length < known.length ? undefined : new Date(`${last}T00:00:00Z`);
}

function successorLinks(known: readonly Ageing[]): string[] {
  const [model, ...others] = new Set(known.map(({ facts }) => facts.replaced_by));
  if (model === undefined || others.length > 0) return [];
  const sellers = new Set(known.map(({ seller }) => seller));
  const query = new URLSearchParams({ model, ...(sellers.size === 1 ? { seller: [...sellers].join("") } : {}) });
  return [`</v1/prices?${query.toString()}>; rel="successor-version"`];
}
