import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** What a figure was measured on: the commit, Node, and the processors. */
export function describeMachine(): Readonly<{ commit: string; node: string; machine: string }> {
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model ?? "an unknown processor"}`;
  return { commit: findCommit(), node: process.version, machine };
}

function findCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
