import type { FactName, RateFacts } from "#/terms/facts.ts";

/** One fact in words, with the source that states it. */
export type FactLine = Readonly<{ name: string; value: string; source: string }>;

const tokens = (count: number) => `${tokenCount(count)} tokens`;

// Made once: a list formats hundreds of counts while it scrolls.
const whole = new Intl.NumberFormat("en-US");

/** `200,000` */
export function tokenCount(count: number): string {
  return whole.format(count);
}

/** The facts of a rate, a line each, in a fixed order. */
export function factLines(facts: RateFacts): FactLine[] {
  const { contextTokens, outputTokens, inputModalities, outputModalities, mode } = facts;
  const lines: readonly (readonly [FactName, string, string | undefined])[] = [
    ["contextTokens", "Context", contextTokens === undefined ? undefined : tokens(contextTokens)],
    ["outputTokens", "Most output", outputTokens === undefined ? undefined : tokens(outputTokens)],
    ["inputModalities", "Takes", inputModalities?.join(", ")],
    ["outputModalities", "Answers with", outputModalities?.join(", ")],
    ["mode", "Mode", mode],
    ["releasedOn", "Released", facts.releasedOn],
    ["deprecatedOn", "Deprecated", facts.deprecatedOn],
    ["replacedBy", "Replaced by", facts.replacedBy],
    ["sunsetOn", "Sunset on", facts.sunsetOn],
  ];
  return lines.flatMap(([fact, name, value]) =>
    value === undefined ? [] : [{ name, value, source: facts.from[fact] ?? "" }],
  );
}
