import type { Node } from "jsonc-parser";
import type { Ask, OfferKey } from "#/price/offer.ts";
import type { PayloadObject } from "#/sources/payload-shape.ts";
import type { SourceAdapter } from "#/sources/adapter.ts";

/** The formats that a document is exported in with the fields that its source gave it. */
export const DOCUMENT_KINDS = ["litellm", "openrouter", "models-dev", "genai-prices"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/**
 * What an entry is to say for one variant: the rate in force; `keep` when there is no rate and the original's word stays;
 * `withhold` when there is none and the guard holds what the original says, so that its price fields are left out.
 */
export type EntryPrice = Ask | "keep" | "withhold";

/** An offer as the adapter reads it from an entry. The seller is as the source spells it. */
export type AskedOffer = OfferKey & Readonly<{ listing: string }>;

export type TemplateOffer = AskedOffer & Ask;

/** One entry of the original: where its value stands in the text, and what the adapter reads from it. */
export type TemplateEntry = Readonly<{
  listing: string;
  start: number;
  end: number;
  offers: readonly TemplateOffer[];
}>;

/** Where a list of entries takes a new one. `indent` is absent where the list stands on one line. */
export type ListEnd = Readonly<{ offset: number; isEmpty: boolean; indent: string | undefined; unit: string }>;

/** A payload read once: everything outside its entries' price fields is copied from `text`. */
export type DocumentTemplate = Readonly<{
  kind: DocumentKind;
  text: string;
  entries: readonly TemplateEntry[];
  /** The lists that entries are in, by seller where a format keeps one for each; "" is the outermost. */
  lists: ReadonlyMap<string, ListEnd>;
}>;

/** What catalogues say beside prices, as far as it is known. Limits are in tokens. */
export type EntryFacts = Readonly<{
  contextTokens?: number;
  outputTokens?: number;
  inputModalities?: readonly string[];
  outputModalities?: readonly string[];
  mode?: string;
}>;

/** A rate of another source that becomes an entry of its own. `listedAs` is how the format spells the seller. */
export type Addition = OfferKey & Ask & Readonly<{ listedAs: string; facts: EntryFacts }>;

/** An entry's text with its parsed forms; offsets of `node` are within `text`. */
export type EntryText = Readonly<{ text: string; node: Node; value: PayloadObject }>;

export type Rewritten = Readonly<{ text: string; omitted: number }>;

/** All rates of one model at one seller, to be written as new entries. */
export type NewModel = Readonly<{
  listedAs: string;
  model: string;
  variants: ReadonlyMap<string, Ask>;
  facts: EntryFacts;
}>;

/** A new entry: its name where the list is an object, and its value with numbers as `LosslessNumber`. */
export type NewEntry = Readonly<{ list: string; listing: string; name: string | undefined; value: unknown }>;

export type LocatedEntry = Readonly<{ listing: string; node: Node }>;

/** How one format is cut into entries, how an entry's prices are written, and what a new entry looks like. */
export type DocumentFormat = Readonly<{
  adapter: SourceAdapter;
  /** A document without entries. */
  empty: string;
  /** The part of a payload that is exported. */
  documentOf: (root: Node) => Node;
  locate: (root: Node) => Readonly<{ entries: readonly LocatedEntry[]; lists: ReadonlyMap<string, Node> }>;
  rewrite: (entry: EntryText, offers: readonly TemplateOffer[], prices: ReadonlyMap<string, EntryPrice>) => Rewritten;
  newEntries: (model: NewModel) => Readonly<{ entries: readonly NewEntry[]; omitted: number }>;
  /** A seller that the document does not have, with its new entries; absent where sellers have no list of their own. */
  newSeller?: (seller: string, entries: readonly NewEntry[]) => NewEntry;
}>;
