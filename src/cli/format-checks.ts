import { printable } from "#/cli/printable.ts";
import type { Paint } from "#/cli/session.ts";

type Check = Readonly<{ name: string; passed: boolean; words: string }>;

const NAME_COLUMNS = 10;

/** One line a check, with its result first; further lines of its words stand below them. */
export function formatChecks(checks: readonly Check[], paint: Paint): string {
  const lines = checks.map(({ name, passed, words }) => {
    const result = passed ? paint("good", "ok  ") : paint("bad", "FAIL");
    const [first = "", ...more] = words.split("\n").map(printable);
    const rest = more.map((line) => `\n      ${" ".repeat(NAME_COLUMNS)}${line.trim()}`);
    return `${result}  ${name.padEnd(NAME_COLUMNS)}${first}${rest.join("")}\n`;
  });
  return lines.join("");
}
