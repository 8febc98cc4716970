import { spawn } from "node:child_process";

export type Step = Readonly<{ name: string; command: readonly string[]; env?: Readonly<Record<string, string>> }>;
type Outcome = Readonly<{ name: string; ok: boolean; seconds: number; output: string }>;

/** Runs one command to its end; its output is kept, or shown as it comes. */
export function runStep({ name, command, env = {} }: Step, show: "live" | "kept"): Promise<Outcome> {
  const start = performance.now();
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    let output = "";
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (show === "live") process.stdout.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ name, ok: false, seconds: 0, output: String(error) }));
    child.on("close", (code) => resolve({ name, ok: code === 0, seconds: (performance.now() - start) / 1000, output }));
  });
}
