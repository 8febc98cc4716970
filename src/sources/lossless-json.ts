import { LosslessNumber, parse } from "lossless-json";
import type { ParseProblem } from "#/sources/adapter.ts";

export type LosslessOutcome =
  | Readonly<{
      ok: true;
      /** Every number in it is a `LosslessNumber`. */
      value: unknown;
      /** Keys that one object carries twice with different values, one item per overwritten value. */
      duplicateKeys: readonly string[];
    }>
  | Readonly<{ ok: false; problem: ParseProblem }>;

const DEEPEST = 64;

/**
 * Reads JSON with its numbers kept as text, so that no price goes through a float. A key given twice: the last one
 * wins, and is reported unless both values are the same. `__proto__` becomes an ordinary own key. Never throws.
 */
export function parseLossless(text: string): LosslessOutcome {
  const body = text.trimStart();
  if (body === "") return fail("empty", "The answer is empty: it holds no text at all.");
  if (body.startsWith("<"))
    return fail("not_json", "The answer is not JSON: it begins with '<', like a web page (an error or a login page).");
  const { deepest, open } = measureNesting(body);
  // The parser recurses: refusing depth first keeps the stack from deciding what is readable.
  if (deepest > DEEPEST)
    return fail("not_json", `The answer is not readable JSON: it is nested deeper than ${DEEPEST} levels.`);

  const duplicateKeys: string[] = [];
  try {
    const value = parse(body, null, {
      parseNumber: (digits) => new LosslessNumber(digits),
      onDuplicateKey: ({ key, newValue }) => {
        duplicateKeys.push(key);
        return newValue;
      },
    });
    return { ok: true, value, duplicateKeys };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (open)
      return fail(
        "truncated",
        `The answer stops in the middle: ${text.length} characters came, and the JSON is still open.`,
      );
    return fail("not_json", `The answer is not JSON: ${error.message.slice(0, 120)}.`);
  }
}

/** How deep brackets go, and whether one (or a string) is still open at the end. Needs no valid JSON. */
function measureNesting(text: string): { deepest: number; open: boolean } {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  const startsAsJson = text.startsWith("{") || text.startsWith("[");
  return { deepest, open: startsAsJson && (inString || depth > 0) };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function fail(code: ParseProblem["code"], message: string): LosslessOutcome {
  return { ok: false, problem: { code, message } };
}
