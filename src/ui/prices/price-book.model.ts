import { mergeTable, priceKeyText, readRow, type PriceRow, type PriceTable } from "#/terms/price-table.ts";
import { compareNames, searchedRow, type SearchedRow } from "#/ui/prices/price-filter.model.ts";

/** All present prices, ready to be searched, and the words that filters offer. */
export type PriceBook = Readonly<{
  /** The version of the book that the server answered with. */
  version: string;
  /** The instant of that answer. */
  at: string;
  rows: ReadonlyMap<string, PriceRow>;
  /** In the order of model, seller and variant. */
  index: readonly SearchedRow[];
  words: PriceBookWords;
}>;

export type PriceBookWords = Readonly<Record<"sellers" | "sources" | "modes", readonly string[]>>;

const ROWS_AT_ONCE = 1_000;

/** The book after an answer of the server. `pause` is awaited between slices of work, so that the page stays usable. */
export async function readPriceBook(
  known: PriceBook | undefined,
  table: PriceTable,
  pause: () => Promise<void>,
): Promise<PriceBook> {
  const rows = table.isWhole ? await readWhole(table, pause) : mergeTable(known?.rows ?? new Map(), table);
  await pause();
  // The server's order is nearly this one, which makes the sort quick.
  const ordered = [...rows.values()].toSorted(compareNames);
  await pause();
  const before = new Map(known?.index.map((searched) => [searched.row, searched]));
  const index = await inSlices(ordered, (row) => before.get(row) ?? searchedRow(row), pause);
  return { version: table.version, at: table.at, rows, index, words: wordsOf(ordered) };
}

async function readWhole(table: PriceTable, pause: () => Promise<void>): Promise<Map<string, PriceRow>> {
  return new Map(
    await inSlices(
      table.rows,
      (packed): [string, PriceRow] => {
        const row = readRow(packed, table);
        return [priceKeyText(row), row];
      },
      pause,
    ),
  );
}

async function inSlices<From, To>(
  all: readonly From[],
  map: (one: From) => To,
  pause: () => Promise<void>,
): Promise<To[]> {
  const mapped: To[] = [];
  for (let start = 0; start < all.length; start += ROWS_AT_ONCE) {
    if (start > 0) await pause();
    for (const one of all.slice(start, start + ROWS_AT_ONCE)) mapped.push(map(one));
  }
  return mapped;
}

function wordsOf(rows: readonly PriceRow[]): PriceBookWords {
  const [sellers, sources, modes] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { seller, sources: names, mode } of rows) {
    sellers.add(seller);
    for (const name of names) sources.add(name);
    if (mode !== null) modes.add(mode);
  }
  return { sellers: [...sellers].toSorted(), sources: [...sources].toSorted(), modes: [...modes].toSorted() };
}
