import { displayCharge } from "#/price/charge.ts";
import { usd } from "#/price/charge-words.ts";
import { decimal } from "#/price/decimal.ts";

type Evidence = Readonly<{ source: string; seller: string; model: string; [more: string]: unknown }>;
type Known = Readonly<{ evidence: readonly Evidence[]; evidenceNow: readonly Evidence[] }>;

/** Lines below the words that say when they were true; without such words they were true then and are now. */
export type EvidenceGroup = Readonly<{ when?: string; lines: readonly string[] }>;

const SHOWN = 3;

/** What other sources say about a held price: once while nothing has moved, else as it was known and as it is known now. */
export function evidenceGroups({ evidence, evidenceNow }: Known): EvidenceGroup[] {
  const [then, now] = [linesOf(evidence), linesOf(evidenceNow)];
  if (isSame(evidence, evidenceNow)) return [{ lines: then ?? ["No other source has this model."] }];
  return [
    { when: "When it was held", lines: then ?? ["No other source had this model."] },
    { when: "Now", lines: now ?? ["No other source has this model any more."] },
  ];
}

function isSame(then: readonly Evidence[], now: readonly Evidence[]): boolean {
  const textOf = (list: readonly Evidence[]) =>
    list
      .map((one) => lineOf(one))
      .toSorted()
      .join("\n");
  return textOf(then) === textOf(now);
}

function linesOf(evidence: readonly Evidence[]): string[] | undefined {
  return evidence.length === 0 ? undefined : [...new Set(evidence.map((one) => lineOf(one)))].slice(0, SHOWN);
}

function lineOf({ source, seller, amounts }: Evidence): string {
  return `${source} says ${seller} asks ${readAmounts(amounts)}`;
}

function readAmounts(amounts: unknown): string {
  if (typeof amounts !== "object" || amounts === null) return "nothing";
  const texts = Object.entries(amounts).flatMap(([key, amount]) => {
    const meter = key === "input/token" ? "in" : key === "output/token" ? "out" : undefined;
    if (meter === undefined || typeof amount !== "string") return [];
    return [`${usd(displayCharge({ amount: decimal(amount), unit: "token" }).amount)} ${meter}`];
  });
  return texts.length === 0 ? "for other meters only" : `${texts.join(", ")} per 1M tokens`;
}
