import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { plural } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import { createBottomLine, formatReading } from "#/cli/progress-bar.ts";
import { listGitDays, readGitFile, type GitDay } from "#/cli/read-git-days.ts";
import { sendPayload } from "#/cli/send-payload.ts";
import type { Session } from "#/cli/session.ts";
import { watchSync } from "#/cli/watch-sync.ts";

type Input = Readonly<{ source: string; checkout: string; file: string; since: string | undefined }>;
type Problem = Readonly<{ day: string; commit: string; problem: string }>;

/**
 * Feeds a source the last version that a file in a git checkout had on each UTC day, oldest first and one at a time. Days that the
 * book has seen are passed over. A version that can't be used is told of and left out.
 */
export async function backfillGit(session: Session, { source, checkout, file, since }: Input): Promise<ExitCode> {
  if (since !== undefined && Number.isNaN(Date.parse(since)))
    throw new CliError(`"${since}" is no day; write it as 2026-01-31`);
  const { sources } = await session.client.sources.list.query();
  const known = sources.find(({ name }) => name === source);
  if (known === undefined) throw new CliError(`There is no source called "${source}"`);
  const all = await listGitDays({ checkout, file, since });
  const seen = known.observedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(known.observedAt);
  const days = all.filter(({ at }) => Date.parse(at) > seen);
  const problems: Problem[] = [];
  const bottom = createBottomLine(session.io.stderr);
  const started = performance.now();
  try {
    for (const [index, day] of days.entries()) {
      const elapsedSeconds = (performance.now() - started) / 1_000;
      const words = `${day.day}, ${index} of ${plural(days.length, "day")}`;
      bottom.show(formatReading({ share: index / days.length, words, elapsedSeconds }, session.io.stderr.columns));
      const problem = await addDay(session, { source, checkout, file, day });
      if (problem === undefined) continue;
      problems.push({ day: day.day, commit: day.commit, problem });
      bottom.clear();
      session.say(`${day.day} (commit ${day.commit.slice(0, 12)}): ${printable(problem)}`);
    }
  } finally {
    bottom.clear();
  }
  const result = { added: days.length - problems.length, seenBefore: all.length - days.length, problems };
  session.print(result, () => describe(result));
  return problems.length === 0 ? EXIT.ok : EXIT.partial;
}

type OneDay = Omit<Input, "since"> & Readonly<{ day: GitDay }>;

/** Answers why a day was left out; undefined when its prices are in the book. */
async function addDay(session: Session, { source, checkout, file, day }: OneDay): Promise<string | undefined> {
  const body = await readGitFile(checkout, { commit: day.commit, file });
  if (body === undefined) return `it has no ${file}`;
  const fault = findJsonFault(body);
  if (fault !== undefined) return `it is no JSON: ${fault}`;
  const jobId = await sendPayload(session, { source, at: day.at, body });
  const job = await watchSync(session, { jobId, tell: () => {}, bar: false });
  return job.status === "success" ? undefined : (job.errorMessage ?? `its job ${jobId} ended as ${job.status}`);
}

function findJsonFault(body: Uint8Array): string | undefined {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function describe(result: Readonly<{ added: number; seenBefore: number; problems: readonly Problem[] }>): string {
  const { added, seenBefore, problems } = result;
  const before = seenBefore === 0 ? "" : ` ${plural(seenBefore, "day")} had been seen before.`;
  const out = problems.length === 0 ? "" : ` ${plural(problems.length, "day")} could not be used.`;
  return `${plural(added, "day")} added.${before}${out}\n`;
}
