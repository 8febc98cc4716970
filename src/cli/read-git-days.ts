import { spawn } from "node:child_process";
import { buffer, text } from "node:stream/consumers";
import { CliError } from "#/cli/describe-failure.ts";

export type GitDay = Readonly<{
  /** As 2026-01-31, in UTC. */
  day: string;
  commit: string;
  /** When it was committed, in UTC. */
  at: string;
}>;

type Input = Readonly<{ checkout: string; file: string; since: string | undefined }>;

/**
 * The last commit of each UTC day that touched a file on the way to what is checked out, oldest first. Throws `CliError` for what is no checkout,
 * and for a file that it never had.
 */
export async function listGitDays({ checkout, file, since }: Input): Promise<GitDay[]> {
  const log = await git(checkout, ["log", "--first-parent", "--format=%H %ct", "--", file], text);
  if (log.error !== undefined)
    throw new CliError(`${checkout} can't be read as a git checkout: ${log.error.replace(/^fatal: /, "")}`);
  const days = new Map<string, GitDay & { seconds: number }>();
  for (const line of log.output.split("\n").filter((one) => one !== "")) {
    const [commit = "", time = ""] = line.split(" ");
    const seconds = Number(time);
    const at = new Date(seconds * 1_000).toISOString();
    const day = at.slice(0, 10);
    // Commits are not always in the order of their time.
    if ((days.get(day)?.seconds ?? -1) < seconds) days.set(day, { day, commit, at, seconds });
  }
  if (days.size === 0) throw new CliError(`No commit of ${checkout} has touched ${file}`);
  return [...days.values()]
    .filter(({ day }) => since === undefined || day >= since)
    .toSorted((a, b) => a.seconds - b.seconds)
    .map(({ day, commit, at }) => ({ day, commit, at }));
}

/** A file as a commit has it; undefined when it has none. */
export async function readGitFile(
  checkout: string,
  { commit, file }: Readonly<{ commit: string; file: string }>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // A path that begins with ./ counts from the folder that git was told, as it does in the log.
  const found = await git(checkout, ["cat-file", "blob", `${commit}:./${file}`], buffer);
  return found.error === undefined ? new Uint8Array(found.output) : undefined;
}

type Answer<T> = Readonly<{ output: T; error: string | undefined }>;

async function git<T>(
  checkout: string,
  args: readonly string[],
  read: (stream: NodeJS.ReadableStream) => Promise<T>,
): Promise<Answer<T>> {
  const child = spawn("git", ["-C", checkout, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) =>
      reject(new CliError(cause.code === "ENOENT" ? "git is not installed" : `git can't be run: ${cause.message}`)),
    );
    child.once("close", resolve);
  });
  const [code, output, said] = await Promise.all([ended, read(child.stdout), text(child.stderr)]);
  return { output, error: code === 0 ? undefined : (said.trim().split("\n")[0] ?? `git ended with ${code}`) };
}
