import { InvalidArgumentError } from "commander";

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** A whole number from 1 to `most`. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most) throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
    return value;
  };
}

export function readJobId(text: string): string {
  if (!UUID.test(text))
    throw new InvalidArgumentError('A job id looks like 6f1c0b52-…; "ratebook sync list" shows them.');
  return text.toLowerCase();
}

/** Gathers an option that may be given many times. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
