import { countOf } from "#/ui/feedback/count.model.ts";
import { factorWords } from "#/ui/price/factor-words.model.ts";
import { describeSpan } from "#/ui/time/time.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

export type Source = Outputs["sources"]["list"]["sources"][number];

export type Truth = Readonly<{ text: string; tone: "good" | "warn" | "bad" | "quiet" }>;

/**
 * `passedSeconds`: since the server answered. `held`: prices that wait for a person, and the worst one's ratio of new over old.
 * What could not be read is undefined.
 */
export type Known = Readonly<{
  sources: readonly Source[] | undefined;
  passedSeconds: number;
  held: Outputs["review"]["count"] | undefined;
}>;

/**
 * One sentence on whether the book can be believed, with what is not known. It is good only when all is known and nothing failed, nothing
 * is stale and nothing is held.
 */
export function describeTruth({ sources, passedSeconds, held }: Known): Truth {
  const truth: Truth =
    sources === undefined
      ? { text: "Whether the prices are fresh is not known", tone: "warn" }
      : describeSources(sources, passedSeconds);
  if (held?.open === 0) return truth;
  if (held === undefined) {
    const text = `${truth.text}; how many prices wait for review is not known`;
    return { text, tone: truth.tone === "good" ? "warn" : truth.tone };
  }
  const waiting = countOf(held.open, "price waits for review", "prices wait for review");
  const factor = factorWords(held.worstRatio);
  const worst = factor === undefined ? "" : held.open === 1 ? ` (${factor})` : ` (the worst ${factor})`;
  return { text: `${truth.text}; ${waiting}${worst}`, tone: truth.tone === "good" ? "warn" : truth.tone };
}

function describeSources(sources: readonly Source[], passedSeconds: number): Truth {
  const enabled = sources.filter((source) => source.enabled);
  if (sources.length === 0) return { text: "There is no source yet, so no price is known", tone: "quiet" };
  if (enabled.length === 0) return { text: "Every source is disabled, so prices only age", tone: "bad" };

  const failed = enabled.filter(({ lastOutcome }) => lastOutcome === "failed");
  const [worst] = failed;
  if (worst !== undefined) {
    const reason = worst.lastError === null ? "" : `: ${trimEnd(worst.lastError)}`;
    const who =
      enabled.length === 1
        ? `The one source, ${worst.name}, failed`
        : `${failed.length} of ${enabled.length} sources failed`;
    const which = failed.length === 1 && enabled.length > 1 ? ` (${worst.name})` : "";
    return {
      text: `${who}${which}${failed.length === 1 ? reason : `, the first of them ${worst.name}${reason}`}`,
      tone: "bad",
    };
  }

  const never = enabled.filter(({ lastSuccessAt }) => lastSuccessAt === null);
  if (never.length === enabled.length)
    return { text: "No source has been read yet: sync now to fill the book", tone: "quiet" };
  if (never.length > 0)
    return {
      text: `${never.length} of ${enabled.length} sources ${never.length === 1 ? "has" : "have"} never been read`,
      tone: "bad",
    };

  const oldest = Math.max(...enabled.map(({ ageSeconds }) => (ageSeconds ?? 0) + passedSeconds));
  const stale = enabled.filter(
    ({ ageSeconds, staleAfterSeconds }) => (ageSeconds ?? 0) + passedSeconds > staleAfterSeconds,
  );
  if (stale.length > 0) {
    return {
      text: `${stale.length} of ${enabled.length} sources ${stale.length === 1 ? "is" : "are"} stale, the oldest read ${describeSpan(oldest)} ago`,
      tone: "bad",
    };
  }
  const all = enabled.length === 1 ? "The one source is fresh" : `All ${enabled.length} sources are fresh`;
  return { text: all, tone: "good" };
}

function trimEnd(sentence: string): string {
  return sentence.replace(/\.\s*$/, "");
}
