import type { BookMark } from "#/book/book-mark.ts";
import { listListings } from "#/book/list-listings.ts";
import type { PriceFilter } from "#/book/list-prices.ts";
import { readExportedRates, readFilteredRates, type ExportedRate } from "#/book/list-rates.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { readTogether } from "#/book/read-together.ts";
import { writePriceCsv } from "#/book/write-price-csv.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { offerKeyText, type Ask } from "#/price/offer.ts";
import { readCharges } from "#/price/read-charges.ts";
import { spellSeller, type SellerIndex } from "#/price/sellers.ts";
import { addProvider } from "#/sources/documents/add-provider.ts";
import { compileDocument } from "#/sources/documents/compile-document.ts";
import {
  type Addition,
  type AskedOffer,
  type DocumentKind,
  type DocumentTemplate,
  type EntryFacts,
  type EntryPrice,
} from "#/sources/documents/document.ts";
import { buildDocument, writeDocument } from "#/sources/documents/write-document.ts";
import type { NamedFacts } from "#/terms/facts.ts";
import { findDocument, type SourceDocument } from "#/sources/find-document.ts";

export type ExportFormat = DocumentKind | "csv";

/** `sellers`: entries for rates of other sources. `provider`: LiteLLM's map as Bifrost reads it. */
export const EXPORT_ADDITIONS = ["sellers", "provider"] as const;
export type ExportAddition = (typeof EXPORT_ADDITIONS)[number];

export type ExportAsked = Readonly<{
  format: ExportFormat;
  /** ISO 8601; now when absent. */
  at?: string | undefined;
  add?: readonly ExportAddition[] | undefined;
  /** For the CSV: exactly the present rates that the list shows under it, those without a price as well. */
  filter?: PriceFilter | undefined;
}>;

export type WrittenExport = Readonly<{
  text: string;
  type: string;
  /** The instant that its prices are of, and the book. */
  at: string;
  mark: BookMark;
  /** The source whose document it is; `rates` when it was built from rates alone. */
  document: string;
  /** Charges in force that the format has no field for, and offers of the document that have no rate. */
  omitted: number;
  unpriced: number;
  /** The rates that it was written from. */
  rates: number;
}>;

/** Writes all prices in force at an instant in a format's own shape: the last good document with the rates in the place of its prices. */
export async function writeExport(db: Db, asked: ExportAsked): Promise<WrittenExport> {
  return readTogether(db, async (tx) => {
    if (asked.format === "csv") return writeCsv(tx, asked);
    const { rates, at, mark } = await readExportedRates(tx, asked.at);
    const written = await writeKind(tx, { ...asked, format: asked.format }, { rates, at });
    const text =
      asked.add?.includes("provider") === true && asked.format === "litellm" ? addProvider(written.text) : written.text;
    return { ...written, text, type: JSON_TYPE, at, mark, rates: rates.length };
  });
}

async function writeCsv(tx: Tx, { at, filter }: ExportAsked): Promise<WrittenExport> {
  const filtered = filter === undefined ? undefined : await readFilteredRates(tx, filter);
  const found = filtered === undefined ? await readExportedRates(tx, at) : { ...filtered, at: filtered.mark.now };
  const { rates, mark } = found;
  const unpriced = rates.filter(({ charges }) => charges.length === 0).length;
  const text = writePriceCsv(rates);
  return { text, type: CSV, document: "rates", omitted: 0, unpriced, at: found.at, mark, rates: rates.length };
}

const CSV = "text/csv; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

type Rates = Readonly<{ rates: readonly ExportedRate[]; at: string }>;
type Written = Pick<WrittenExport, "text" | "document" | "omitted" | "unpriced">;

async function writeKind(
  tx: Tx,
  { format, at: past, add = [] }: ExportAsked & Readonly<{ format: DocumentKind }>,
  { rates, at }: Rates,
): Promise<Written> {
  const document = await findDocument(tx, format);
  if (document === undefined) {
    const { text, omitted } = buildDocument(
      format,
      rates.map((rate) => asAddition(rate, format === "genai-prices" ? rate.seller : spellSeller(rate.seller, format))),
    );
    return { text, document: "rates", omitted, unpriced: 0 };
  }
  const sellers = await readSellers(tx);
  const template = compileDocument(format, document.text, at, document.options);
  const own = past === undefined ? await readOwnPrices(tx, document) : new Map<string, Ask>();
  const priceOf = createPriceOf({ document, template, rates, sellers, own });
  const additions = add.includes("sellers") ? findAdditions(template, rates, sellers) : [];
  const { text, omitted, unpriced } = writeDocument(template, { priceOf, additions });
  return { text, document: document.source, omitted, unpriced };
}

async function readOwnPrices(tx: Tx, { source }: SourceDocument): Promise<ReadonlyMap<string, Ask>> {
  const listings = await listListings(tx, source);
  return new Map(
    listings.map(({ charges, state, ...key }) => [listingText(key), { state, charges: readCharges(charges) }]),
  );
}

type Pricing = Readonly<{
  document: SourceDocument;
  template: DocumentTemplate;
  rates: readonly ExportedRate[];
  sellers: SellerIndex;
  /** The last good price of each entry. */
  own: ReadonlyMap<string, Ask>;
}>;

/**
 * What an entry says: the rate. Where the rate was taken from another entry of the same document, which lists the same model, each keeps
 * its own last good price. An entry without a rate keeps its word when that is no price, and else says none: the guard holds it, or it
 * was not in force then.
 */
function createPriceOf({ document, template, rates, sellers, own }: Pricing): (offer: AskedOffer) => EntryPrice {
  const byKey = new Map(rates.map((rate) => [offerKeyText(rate), rate]));
  const said = new Map(
    template.entries.flatMap(({ offers }) => offers.map((offer) => [listingText(offer), offer.state])),
  );
  return (offer) => {
    const rate = byKey.get(offerKeyText({ ...offer, seller: sellers.identityOf(offer.seller) }));
    if (rate === undefined) {
      const state = said.get(listingText(offer));
      return state === "priced" || state === "free" ? "withhold" : "keep";
    }
    const kept = own.get(listingText(offer));
    const isOfAnother = rate.origins.every(
      ({ source, listing }) => source === document.source && listing !== offer.listing,
    );
    if (isOfAnother && kept !== undefined && (kept.state === "priced" || kept.state === "free")) return kept;
    return { state: rate.state, charges: readCharges(rate.charges) };
  };
}

/** Rates that the document has no entry for, at sellers that it has. */
function findAdditions(template: DocumentTemplate, rates: readonly ExportedRate[], sellers: SellerIndex): Addition[] {
  const offers = template.entries.flatMap((entry) => entry.offers);
  const spelled = new Map(offers.map(({ seller }) => [sellers.identityOf(seller), seller]));
  const there = new Set(offers.map((offer) => modelText({ ...offer, seller: sellers.identityOf(offer.seller) })));
  return rates.flatMap((rate) => {
    const listedAs = spelled.get(rate.seller);
    return listedAs === undefined || there.has(modelText(rate)) ? [] : [asAddition(rate, listedAs)];
  });
}

function asAddition({ seller, model, variant, state, charges, facts }: ExportedRate, listedAs: string): Addition {
  return { seller, model, variant, state, charges: readCharges(charges), listedAs, facts: factsOf(facts) };
}

function factsOf(facts: NamedFacts): EntryFacts {
  return {
    ...(facts.context_tokens === undefined ? {} : { contextTokens: facts.context_tokens }),
    ...(facts.output_tokens === undefined ? {} : { outputTokens: facts.output_tokens }),
    ...(facts.input_modalities === undefined ? {} : { inputModalities: facts.input_modalities }),
    ...(facts.output_modalities === undefined ? {} : { outputModalities: facts.output_modalities }),
    ...(facts.mode === undefined ? {} : { mode: facts.mode }),
  };
}

function modelText({ seller, model }: Readonly<{ seller: string; model: string }>): string {
  return `${seller}\u0000${model}`;
}

function listingText({
  listing,
  model,
  variant,
}: Readonly<{ listing: string; model: string; variant: string }>): string {
  return `${listing}\u0000${model}\u0000${variant}`;
}
