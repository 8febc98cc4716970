import { z } from "zod";
import { modelHref } from "#/price/model-href.ts";

const dated = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  facts: z.object({ sunset_on: z.iso.date().optional() }),
});

/**
 * `Sunset` (RFC 8594) of an answer that is about one model: when the last of its prices stops being answered, and a link to the page
 * that says who says so. None where some price goes on. `prices` are as `/v1/prices` gives them.
 *
 * There is no `Deprecation` (RFC 9745) and no link to a successor: that header needs the day since when a seller advises against
 * a model, and no source that is read states it, nor what takes a model's place.
 */
export function sunsetHeaders(prices: readonly string[]): Readonly<Record<string, string>> {
  const known = prices.map((json) => dated.parse(JSON.parse(json)));
  const days = known.flatMap(({ facts }) => facts.sunset_on ?? []);
  const last = days.toSorted().at(-1);
  const [first] = known;
  if (first === undefined || last === undefined || days.length < known.length) return {};
  return { sunset: new Date(`${last}T00:00:00Z`).toUTCString(), link: `<${modelHref(first)}>; rel="sunset"` };
}
