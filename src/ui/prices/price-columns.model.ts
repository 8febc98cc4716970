import type { PriceSort } from "#/ui/prices/price-filter.model.ts";

type PriceColumn = Readonly<{
  id: PriceSort;
  head: string;
  /** In which unit, on a line below the heading. */
  unit?: string;
  align?: "right";
  /** Its width, as a track of a grid. */
  track: string;
  /** It can't be left out. */
  isFixed?: boolean;
}>;

const PER_MILLION = "$ / 1M tokens";

/** All columns in their order. */
export const PRICE_COLUMNS: readonly PriceColumn[] = [
  { id: "name", head: "Model", track: "minmax(0, 3.4fr)", isFixed: true },
  { id: "seller", head: "Seller", track: "minmax(0, 0.9fr)" },
  { id: "sources", head: "Sources", track: "minmax(0, 1.3fr)" },
  { id: "state", head: "State", track: "68px" },
  { id: "context", head: "Context", unit: "tokens", align: "right", track: "68px" },
  { id: "input", head: "Input", unit: PER_MILLION, align: "right", track: "minmax(88px, 0.8fr)", isFixed: true },
  { id: "output", head: "Output", unit: PER_MILLION, align: "right", track: "minmax(88px, 0.8fr)", isFixed: true },
  { id: "cache", head: "Cache read", unit: PER_MILLION, align: "right", track: "minmax(88px, 0.8fr)" },
  { id: "since", head: "Since", align: "right", track: "78px" },
];

/** The columns that a page shows when so many are left out. Words that name no column are ignored. */
export function shownColumns(hidden: readonly string[]): readonly PriceColumn[] {
  return PRICE_COLUMNS.filter(({ id, isFixed }) => isFixed === true || !hidden.includes(id));
}
