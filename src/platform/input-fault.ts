import { AppError } from "#/platform/errors.ts";

/** What Postgres calls values that came with a request and fit no column (class 22, data exception). */
const WORDS: ReadonlyMap<unknown, string> = new Map([
  ["22003", "A number in the request is too large"],
  ["22007", "A date in the request can't be read"],
  ["22008", "A date in the request is out of range; use the years 1 to 9999"],
  ["22021", "A text in the request holds a character that can't be kept, such as NUL"],
  ["22P02", "A value in the request can't be kept: half of a character, or not of the kind it should be"],
  ["22P05", "A text in the request holds a character that can't be kept, such as NUL"],
]);

/** A failed statement that failed for a value of the request, as an error that its sender can act on. */
export function asInputFault(error: unknown): AppError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const words = "code" in cause ? WORDS.get(cause.code) : undefined;
    if (words !== undefined) return new AppError("INVALID", words, { cause: error });
  }
  return undefined;
}
