import { count } from "#/ui/feedback/count.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

export type Comparison = Outputs["syncs"]["compare"];
export type ComparedSource = Comparison["sources"][number];
export type ComparedCount = "offers" | "created" | "changed" | "held" | "rejected";

/** A count of both runs: "12" where they agree, "12 | 15" where they do not; "–" stands for a run without the source. */
export function comparedCount(
  { a, b }: ComparedSource,
  name: ComparedCount,
): Readonly<{ text: string; differs: boolean }> {
  return compareTexts(a === null ? "–" : count(a.counts[name]), b === null ? "–" : count(b.counts[name]));
}

export function compareTexts(a: string, b: string): Readonly<{ text: string; differs: boolean }> {
  return a === b ? { text: a, differs: false } : { text: `${a} | ${b}`, differs: true };
}

/** Whether both runs read the very same payload, in words. */
export function comparedPayload({ a, b }: ComparedSource): Readonly<{ text: string; differs: boolean }> {
  const digests = [a?.payloadDigest ?? null, b?.payloadDigest ?? null];
  if (digests.every((digest) => digest === null)) return { text: "none", differs: false };
  if (digests.includes(null)) return { text: "in one run only", differs: true };
  return digests[0] === digests[1] ? { text: "the same", differs: false } : { text: "differs", differs: true };
}
