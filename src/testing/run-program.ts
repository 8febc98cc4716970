import { spawn } from "node:child_process";
import { once } from "node:events";
import { NODE_FLAGS } from "#/node-flags.mjs";

/** Runs one of the project's own programs to its end; answers its exit code and all that it printed. */
export async function runProgram(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [...NODE_FLAGS, entry, ...args], { env: { ...process.env, ...env } });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, text };
}
