import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** With `--help`, prints the comment at the head of a program, and ends. `program` is its `import.meta.url`. */
export function printHelp(program: string): void {
  if (!process.argv.includes("--help")) return;
  const [, comment = ""] = /^\/\*\*\n([^]*?)\n \*\//.exec(readFileSync(fileURLToPath(program), "utf8")) ?? [];
  process.stdout.write(`${comment.replaceAll(/^ \* ?/gm, "")}\n`);
  process.exit();
}
