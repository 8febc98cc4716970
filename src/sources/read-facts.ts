import { isLosslessNumber } from "lossless-json";
import { isObject, readWhole, type PayloadObject } from "#/sources/payload-shape.ts";
import { FACT_NAMES, listingFacts, type FactName, type ListingFacts } from "#/terms/facts.ts";

/** Where an entry states each fact: field names, joined by dots where they are nested. */
export type FactFields = Readonly<Partial<Record<FactName, string>>>;

/** Spread into an offer: `facts` is there only when some could be read. */
export type ReadFacts = Readonly<{ facts?: ListingFacts }>;

/** Reads the facts that an entry states. One that can't be read is left out, and is no fault: prices don't depend on it. */
export function readFacts(entry: PayloadObject, fields: FactFields): ReadFacts {
  const stated: Partial<Record<FactName, unknown>> = {};
  for (const name of FACT_NAMES) {
    const path = fields[name];
    if (path !== undefined) stated[name] = findValue(entry, path);
  }
  return readStated(stated);
}

/** The same for values that were found already. */
export function readStated(stated: Readonly<Partial<Record<FactName, unknown>>>): ReadFacts {
  const facts: ListingFacts = {};
  for (const name of FACT_NAMES) {
    const fact = READERS[name](stated[name]);
    const read = listingFacts.safeParse({ [name]: fact });
    if (fact !== undefined && read.success) Object.assign(facts, read.data);
  }
  return Object.keys(facts).length === 0 ? {} : { facts };
}

const READERS: Readonly<Record<FactName, (value: unknown) => unknown>> = {
  contextTokens: readTokens,
  outputTokens: readTokens,
  inputModalities: readWords,
  outputModalities: readWords,
  mode: readWord,
  releasedOn: readDay,
  deprecatedOn: readDay,
  replacedBy: (value) => value ?? undefined,
  sunsetOn: readDay,
};

function findValue(entry: PayloadObject, path: string): unknown {
  let found: unknown = entry;
  for (const part of path.split(".")) found = isObject(found) ? found[part] : undefined;
  return found;
}

/** Catalogues write 0 where they know no limit. */
function readTokens(value: unknown): number | undefined {
  const whole = readWhole(value);
  return whole === 0 ? undefined : whole;
}

function readWord(value: unknown): string | undefined {
  return typeof value === "string" ? value.trim().toLowerCase() : undefined;
}

/** A list with anything in it that is no word would be another fact without it: all of it is left out. */
function readWords(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? [...new Set(value.map(readWord))] : undefined;
}

/** A day, the day of an instant in UTC, or that of seconds since 1970. */
function readDay(value: unknown): string | undefined {
  if (typeof value === "string") return /^\d{4}-\d{2}-\d{2}(?=$|T[\d:.]+(Z|\+00:00)$)/.exec(value)?.[0];
  const seconds = isLosslessNumber(value) ? readWhole(value) : undefined;
  const isSeconds = seconds !== undefined && seconds > 0 && seconds < LATEST_SECONDS;
  return isSeconds ? new Date(seconds * 1000).toISOString().slice(0, 10) : undefined;
}

/** The end of the year 2099; what is larger counts something else than seconds. */
const LATEST_SECONDS = 4_102_444_800;
