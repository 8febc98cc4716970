import { z } from "zod";

const tokens = z.int().positive();
/** Lower-case words as sources write them: `text`, `image_generation`, `text-generation`. */
const word = z.string().regex(/^[a-z][a-z0-9_.-]{0,39}$/);
const words = z.array(word).min(1).max(20);
/** An ISO 8601 day, in UTC. */
const day = z.iso.date();
const id = z
  .string()
  .trim()
  .min(1)
  .max(512)
  .regex(/^\P{Cc}+$/u);

/**
 * What one source says of a listing beside its price. A fact that it does not state is not there. That a seller advises against a
 * model is a fact where the source says since when, as DeepInfra does; models.dev and genai-prices say only that one does, and the
 * days of LiteLLM and OpenRouter are sunsets.
 */
export const listingFacts = z.object({
  /** The most tokens that a request may hold. */
  contextTokens: tokens.optional(),
  /** The most tokens that an answer may have. */
  outputTokens: tokens.optional(),
  inputModalities: words.optional(),
  outputModalities: words.optional(),
  /** What the model is for, in the source's own word. */
  mode: word.optional(),
  releasedOn: day.optional(),
  /** From this day on the seller advises against it. */
  deprecatedOn: day.optional(),
  /** The model that the seller names in its place. */
  replacedBy: id.optional(),
  /** On this day it stops answering. */
  sunsetOn: day.optional(),
});
export type ListingFacts = z.infer<typeof listingFacts>;
export type FactName = keyof ListingFacts;

/** All facts in the order in which they are shown. */
export const FACT_NAMES: readonly FactName[] = listingFacts.keyof().options;

/** The facts of a rate, each from the first source by rank that states it; `from` names that source. */
export const rateFacts = listingFacts.extend({
  from: z.partialRecord(z.enum(FACT_NAMES), z.string()),
});
export type RateFacts = z.infer<typeof rateFacts>;

/** What one source says, as a step on the way to the facts of a rate. */
export const statedFacts = z.object({ source: z.string(), facts: listingFacts });

/** Takes each fact from the first that states it. `stated` is in the order of rank. */
export function foldFacts(stated: readonly z.infer<typeof statedFacts>[]): RateFacts {
  const facts: RateFacts = { from: {} };
  for (const one of stated) {
    for (const name of FACT_NAMES) {
      if (one.facts[name] === undefined || facts[name] !== undefined) continue;
      Object.assign(facts, { [name]: one.facts[name] });
      facts.from[name] = one.source;
    }
  }
  return facts;
}

/** A sunset that is no more days away than this is marked, and is an alert. */
export const SUNSET_SOON_DAYS = 30;

const { shape } = listingFacts;

/** The facts of a rate as REST answers and files name them. */
export const namedFacts = z.object({
  context_tokens: shape.contextTokens,
  output_tokens: shape.outputTokens,
  input_modalities: shape.inputModalities,
  output_modalities: shape.outputModalities,
  mode: shape.mode,
  released_on: shape.releasedOn,
  deprecated_on: shape.deprecatedOn,
  replaced_by: shape.replacedBy,
  sunset_on: shape.sunsetOn,
  /** The source of each. */
  from: z.record(z.string(), z.string()),
});
export type NamedFacts = z.infer<typeof namedFacts>;

const NAMES: Readonly<Record<FactName, Exclude<keyof NamedFacts, "from">>> = {
  contextTokens: "context_tokens",
  outputTokens: "output_tokens",
  inputModalities: "input_modalities",
  outputModalities: "output_modalities",
  mode: "mode",
  releasedOn: "released_on",
  deprecatedOn: "deprecated_on",
  replacedBy: "replaced_by",
  sunsetOn: "sunset_on",
};

/** Names facts as REST answers and files do. */
export function nameFacts({ from, ...facts }: RateFacts): NamedFacts {
  const named: NamedFacts = { from: {} };
  for (const name of FACT_NAMES) {
    const source = from[name];
    if (facts[name] === undefined || source === undefined) continue;
    Object.assign(named, { [NAMES[name]]: facts[name] });
    named.from[NAMES[name]] = source;
  }
  return named;
}
