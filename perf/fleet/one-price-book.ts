import { writePins } from "#/book/set-pin.ts";
import type { Database } from "#/platform/database.ts";

export const MODELS = 200;
const ACTOR = { kind: "system", id: "fleet", label: "fleet", role: "admin" } as const;

/** A version of the book in which every price is the same amount of USD. */
export type Change = Readonly<{ version: string; usd: number; committedAt: number }>;

export type OnePriceBook = Readonly<{
  /** Gives every model of the book the next amount, in one transaction. */
  change: () => Promise<Change>;
  /** What every price of a version is, of those that were written here. */
  usdOf: (version: string) => number | undefined;
}>;

/** A book in which all prices change together, so that an answer out of two versions gives itself away. */
export function createOnePriceBook({ db, sql }: Database): OnePriceBook {
  const known = new Map<string, number>();
  let step = 0;
  return {
    async change() {
      step += 1;
      const amount = `0.00000${1_000 + step}`;
      const pins = Array.from({ length: MODELS }, (_, index) => ({
        seller: `seller-${(index + 1) % 10}`,
        model: `vendor/model-${index + 1}`,
        variant: "default",
        charges: [{ meter: "input" as const, unit: "token" as const, amount }],
        reason: "a change of the fleet's test",
      }));
      await db.transaction((tx) => writePins(tx, ACTOR, "prices.setPin", pins));
      const committedAt = performance.now();
      const [row] = await sql<{ version: string }[]>`select max(version)::text as version from book_versions`;
      const change = { version: row?.version ?? "", usd: Number(amount), committedAt };
      known.set(change.version, change.usd);
      return change;
    },
    usdOf: (version) => known.get(version),
  };
}

export const FORMATS = ["csv", "litellm"] as const;
export type Format = (typeof FORMATS)[number];

/** The different amounts that a document says, and how many prices it has. */
export function readAmounts(format: Format, text: string): Readonly<{ usd: ReadonlySet<number>; count: number }> {
  const amounts = format === "csv" ? readCsv(text) : readMap(text);
  return { usd: new Set(amounts), count: amounts.length };
}

/** No text of this book needs quotes. */
function readCsv(text: string): number[] {
  const [head = "", ...lines] = text.trim().split("\n");
  const column = head.split(",").indexOf("usd_per_unit");
  return lines.map((line) => Number(line.split(",")[column]));
}

function readMap(text: string): number[] {
  const entries = Object.values(JSON.parse(text) as Record<string, { input_cost_per_token: number }>);
  return entries.map((entry) => entry.input_cost_per_token);
}
