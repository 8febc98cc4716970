import { parseTree, type Node } from "jsonc-parser";
import type { Offer } from "#/price/offer.ts";
import type {
  DocumentFormat,
  DocumentKind,
  DocumentTemplate,
  ListEnd,
  TemplateEntry,
  TemplateOffer,
} from "#/sources/documents/document.ts";
import { FORMATS } from "#/sources/documents/formats.ts";
import { endOf, layoutOf } from "#/sources/documents/json-text.ts";

/**
 * Cuts a payload of a source into entries and what is copied between them. `observedAt` (ISO 8601, UTC) is when it was seen, and
 * `options` are the source's own. Throws for a text that the source's adapter can't read: a good payload is none.
 */
export function compileDocument(
  kind: DocumentKind,
  text: string,
  observedAt: string,
  options: Readonly<Record<string, unknown>> = {},
): DocumentTemplate {
  const format = FORMATS[kind];
  const read = format.adapter.parse(text, { observedAt, options });
  if (!read.ok) throw new Error(`The payload is no document of ${kind}: ${read.problem.message}`);
  return cutDocument(kind, text, format, read.sheet.offers);
}

/** A document without entries, for a format that no source has. */
export function emptyDocument(kind: DocumentKind): DocumentTemplate {
  const format = FORMATS[kind];
  return cutDocument(kind, format.empty, format, []);
}

function cutDocument(
  kind: DocumentKind,
  payload: string,
  format: DocumentFormat,
  offers: readonly Offer[],
): DocumentTemplate {
  const whole = parse(payload);
  const part = format.documentOf(whole);
  const text = part === whole ? payload : payload.slice(part.offset, endOf(part));
  const root = part === whole ? whole : parse(text);
  const byListing = Map.groupBy(offers.map(toTemplateOffer), ({ listing }) => listing);
  const { entries, lists } = format.locate(root);
  // Of a key that an object has twice, the last one counts: the first is only copied.
  const last = new Map(entries.map(({ listing }, index) => [listing, index]));
  const cut = entries.map(({ listing, node }, index): TemplateEntry => {
    const counts = node.parent?.type !== "property" || last.get(listing) === index;
    const own = counts && node.type === "object" ? (byListing.get(listing) ?? []) : [];
    return { listing, start: node.offset, end: endOf(node), offers: own };
  });
  const ends = [...lists].map(([name, node]) => [name, endOfList(text, node)] as const);
  return { kind, text, entries: cut, lists: new Map(ends) };
}

function parse(text: string): Node {
  const root = parseTree(text);
  if (root === undefined) throw new Error("The payload is no JSON.");
  return root;
}

function toTemplateOffer({ seller, model, variant, listing, state, charges }: Offer): TemplateOffer {
  return { seller, model, variant, listing, state, charges };
}

function endOfList(text: string, node: Node): ListEnd {
  const last = node.children?.at(-1);
  const offset = last === undefined ? node.offset + 1 : endOf(last);
  return { offset, isEmpty: last === undefined, ...layoutOf(text, node) };
}
