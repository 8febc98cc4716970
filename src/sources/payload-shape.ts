import { isLosslessNumber, stringify } from "lossless-json";

/** An object of a payload read by `parseLossless`. */
export type PayloadObject = Readonly<Record<string, unknown>>;

const LONGEST_ID = 512;

export function isObject(value: unknown): value is PayloadObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** A key that is not there and a key that is null say the same: nothing. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** An id that can be stored, compared and joined into a key: 1 to 512 characters, no control character, whole Unicode. */
export function isUsableId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= LONGEST_ID &&
    !/\p{Cc}/u.test(value) &&
    value.isWellFormed()
  );
}

/** A whole number from 0 up, in any spelling (`256000`, `256000.0`, `2.56e5`); `undefined` for everything else. */
export function readWhole(value: unknown): number | undefined {
  if (!isLosslessNumber(value)) return undefined;
  const whole = Number(value.toString());
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined;
}

/** A payload value as short text that any store and log can take. */
export function showValue(value: unknown, longest = 60): string {
  const text = describe(value);
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return cut.replace(/\p{Cc}/gu, "\uFFFD").toWellFormed();
}

const LONGEST_SAMPLE = 80;

/** The same, with what a list or an object holds. */
export function showSample(value: unknown): string {
  const isNested = typeof value === "object" && value !== null && !isLosslessNumber(value);
  return showValue(isNested ? stringify(value) : value, LONGEST_SAMPLE);
}

// Never through an object's own `toString`: the payload may have set that key.
function describe(value: unknown): string {
  if (typeof value === "string") return value;
  if (isLosslessNumber(value)) return value.toString();
  if (isAbsent(value)) return "nothing";
  if (typeof value === "boolean") return value ? "true" : "false";
  return Array.isArray(value) ? "a list" : "an object";
}
