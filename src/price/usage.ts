import { isFields, SHAPES, UsageFault, type Fields } from "#/price/provider-usage.ts";
import { findMetered, UNITS_TEXT, type Usage } from "#/price/usage-keys.ts";

export type UsageReading = Readonly<{ ok: true; usage: Usage } | { ok: false; problem: string }>;

const MOST_NAMES = 3;

/**
 * Reads what a request used: a record of our meters (`{ "input": 100, "output_image/image": 2 }`), or the usage object
 * of a provider's answer as it came. What can't be read is a problem in words, never a usage of less.
 */
export function readUsage(value: unknown): UsageReading {
  if (!isFields(value)) return fail("The usage is not an object");
  const shape = SHAPES.find(({ fits }) => fits(value));
  if (shape === undefined) return readMeters(value);
  try {
    return { ok: true, usage: shape.read(value) };
  } catch (error) {
    if (error instanceof UsageFault) return fail(`The usage (${shape.name}) can't be read: ${error.message}`);
    throw error;
  }
}

function readMeters(fields: Fields): UsageReading {
  const usage: Record<string, number | string> = {};
  const unknown: string[] = [];
  for (const key in fields) {
    const units = fields[key];
    if (units === null || units === undefined) continue;
    if (key !== "results" && findMetered(key) === undefined) unknown.push(key);
    else if (isUnits(units)) usage[key] = units;
    else return fail(`${key} is no whole number from 0 on, nor a decimal as text`);
  }
  if (unknown.length > 0) return fail(describeUnknown(unknown));
  return { ok: true, usage };
}

function isUnits(units: unknown): units is number | string {
  if (typeof units === "number") return Number.isSafeInteger(units) && units >= 0;
  return typeof units === "string" && UNITS_TEXT.test(units);
}

function describeUnknown(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => JSON.stringify(name.slice(0, 60)));
  const known = SHAPES.map(({ name }) => name).join("; ");
  return `Not a meter: ${shown.join(", ")}${names.length > MOST_NAMES ? " …" : ""}. A usage is a record of meters, or a usage object of ${known}`;
}

function fail(problem: string): UsageReading {
  return { ok: false, problem };
}
