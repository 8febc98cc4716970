import { countOf } from "#/ui/feedback/count.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

type Known = Readonly<{
  held: number;
  /** Newest first. */
  runs: readonly Pick<Outputs["syncs"]["list"]["syncs"][number], "jobId" | "status">[];
  sources: readonly Pick<Outputs["sources"]["list"]["sources"][number], "name" | "kind">[];
  /** Of programs, revoked ones too. */
  keys: number;
  /** The names of steps that the reader has looked at or put away. */
  past: readonly string[];
}>;

export type NextStep = Readonly<{
  name: string;
  href: string;
  label: string;
  why: string;
  /** To look is all there is to do; nothing else says that it was done. */
  isDoneByLooking?: true;
}>;

/**
 * What somebody who has just begun may do next. None once they have both a source and a key of their own: then the rest of the
 * page says what there is to do.
 */
export function findNextSteps({ held, runs, sources, keys, past }: Known): NextStep[] {
  // The first sources are called like their kinds.
  const hasOwnSource = sources.some(({ name, kind }) => name !== kind);
  if (hasOwnSource && keys > 0) return [];
  const partial = runs.find(({ status }) => status === "partial");
  const steps: (NextStep | undefined)[] = [
    held === 0
      ? undefined
      : {
          name: "review",
          href: "/review",
          label: `Decide ${countOf(held, "held price", "held prices")}`,
          why: "What the guard holds is out of force until somebody decides.",
        },
    partial && {
      name: "partial",
      href: `/syncs/${partial.jobId}`,
      label: "Look at the partial sync",
      why: "One source failed, and the others were applied all the same.",
      isDoneByLooking: true,
    },
    hasOwnSource
      ? undefined
      : {
          name: "source",
          href: "/sources",
          label: "Add a source of your own",
          why: "A price list in one of twenty shapes, or a CSV of pins.",
        },
    keys > 0
      ? undefined
      : {
          name: "key",
          href: "/settings/keys",
          label: "Make a key for your gateway",
          why: "With it LiteLLM and others load their prices from here.",
        },
  ];
  return steps.filter((step) => step !== undefined).filter(({ name }) => !past.includes(name));
}
