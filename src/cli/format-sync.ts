import { isEnded, type LockStatus, type SourceLog, type SyncDetail, type SyncSummary } from "#/cli/api-types.ts";
import { toneOf } from "#/cli/create-paint.ts";
import { formatCount, formatTable, plural, type Column } from "#/cli/format-table.ts";
import { formatDuration, formatInstant } from "#/cli/format-time.ts";
import { formatUnreadFields } from "#/cli/format-unread-fields.ts";
import { printable } from "#/cli/printable.ts";
import type { Paint } from "#/cli/session.ts";

const RIGHT = "right" as const;

/** One sync for people: its state, what every source came to, and what was rejected and why. */
export function formatSync(sync: SyncDetail, paint: Paint, width?: number): string {
  const facts: [string, string][] = [
    ["triggered", `${formatInstant(sync.triggeredAt)} by ${printable(sync.triggeredBy)}`],
    ["sources", sync.sources === null ? "all that are enabled" : printable(sync.sources.join(", "))],
    [isEnded(sync.status) ? "took" : "running", formatTook(sync)],
  ];
  if (sync.errorMessage !== null) {
    for (const [index, line] of sync.errorMessage.split("\n").entries())
      facts.push([index === 0 ? "error" : "", printable(line)]);
  }
  const state = sync.cancelRequested && !isEnded(sync.status) ? `${sync.status}, asked to stop` : sync.status;
  const blocks = [
    `Sync ${sync.jobId}  ${paint(toneOf(sync.status), state)}\n${facts.map(([name, text]) => `  ${name.padEnd(9)}  ${text}\n`).join("")}`,
    formatAttempts(sync, width),
    formatPhases(sync),
    formatStates(sync.log, paint, width),
    formatChanges(sync.log, width),
    formatRejects(sync.log, width),
    formatUnreadFields(
      sync.log.flatMap(({ source, unreadFields }) => unreadFields.map((field) => ({ source, ...field }))),
      width,
    ),
    sync.log.flatMap(({ source, notes }) => notes.map((note) => `${printable(source)}: ${printable(note)}\n`)).join(""),
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

function formatTook({ durationSeconds, startedAt, attempt, worker, status }: SyncSummary): string {
  if (durationSeconds === null || startedAt === null) return isEnded(status) ? "never started" : "not started yet";
  const tries = attempt > 1 ? `, attempt ${attempt}` : "";
  const where = worker === null ? "" : ` on ${printable(worker)}`;
  return `${formatDuration(durationSeconds)}${where}${tries}`;
}

function formatAttempts({ attempts }: SyncDetail, width: number | undefined): string {
  if (attempts.length < 2) return "";
  const columns: Column[] = [
    { title: "ATTEMPT", align: RIGHT },
    { title: "ENDED AS" },
    { title: "WORKER" },
    { title: "FENCE", align: RIGHT },
    { title: "WHY", shrinks: true },
  ];
  const rows = attempts.map(({ attempt, outcome, worker, fence, message }) => [
    String(attempt),
    outcome ?? "running",
    printable(worker),
    fence,
    printable(message ?? ""),
  ]);
  return formatTable(columns, rows, width);
}

function formatPhases({ status, progress, progressPercent }: SyncDetail): string {
  if (isEnded(status) || progress === null) return "";
  const phases = Object.entries(progress.sources).map(([source, { phase }]) => `  ${printable(source)}: ${phase}\n`);
  return `${progressPercent}% done\n${phases.join("")}`;
}

function formatStates(log: readonly SourceLog[], paint: Paint, width: number | undefined): string {
  if (log.length === 0) return "";
  const columns: Column[] = [
    { title: "SOURCE", shrinks: true },
    { title: "OUTCOME" },
    ...["OFFERS", "PRICED", "FREE", "UNKNOWN", "VARIES", "REJECTED", "TIME"].map((title) => ({ title, align: RIGHT })),
  ];
  const rows = log.map((entry) => {
    const { counts } = entry;
    const numbers = [counts.offers, counts.priced, counts.free, counts.unknown, counts.varies, counts.rejected];
    return [
      printable(entry.source),
      paint(toneOf(entry.outcome), entry.outcome),
      ...numbers.map((count) => (isCounted(entry) ? formatCount(count) : "-")),
      formatDuration((Date.parse(entry.completedAt) - Date.parse(entry.startedAt)) / 1_000),
    ];
  });
  return formatTable(columns, rows, width);
}

// A source that could not be read has no counts; its zeros would read as "nothing there".
function isCounted({ outcome, counts }: SourceLog): boolean {
  return outcome === "applied" || outcome === "unchanged" || counts.offers > 0;
}

function formatChanges(log: readonly SourceLog[], width: number | undefined): string {
  const applied = log.filter(({ outcome }) => outcome === "applied");
  if (applied.length === 0) return "";
  const columns: Column[] = [
    { title: "SOURCE", shrinks: true },
    ...["NEW", "CHANGED", "SAME", "HELD", "MISSING", "STALE", "RETURNED", "DELISTED"].map((title) => ({
      title,
      align: RIGHT,
    })),
  ];
  const rows = applied.map(({ source, counts }) => [
    printable(source),
    ...[counts.created, counts.changed, counts.unchanged, counts.held + counts.stillHeld, counts.missing].map(
      formatCount,
    ),
    ...[counts.stale, counts.returned, counts.delisted].map(formatCount),
  ]);
  return formatTable(columns, rows, width);
}

function formatRejects(log: readonly SourceLog[], width: number | undefined): string {
  const rows = log.flatMap(({ source, counts }) => [
    ...Object.entries(counts.rejectedBy).map(([reason, count]) => [
      printable(source),
      "rejected",
      reason,
      formatCount(count),
    ]),
    ...Object.entries(counts.skippedBy).map(([reason, count]) => [
      printable(source),
      "skipped",
      reason,
      formatCount(count),
    ]),
  ]);
  if (rows.length === 0) return "";
  return formatTable(
    [{ title: "SOURCE", shrinks: true }, { title: "ENTRIES" }, { title: "REASON" }, { title: "COUNT", align: RIGHT }],
    rows,
    width,
  );
}

const LIST_COLUMNS: readonly Column[] = [
  { title: "JOB" },
  { title: "STATUS" },
  { title: "AT (UTC)" },
  { title: "TOOK", align: RIGHT },
  { title: "BY", shrinks: true },
];

/** Syncs, newest first, one line each. */
export function formatSyncList(syncs: readonly SyncSummary[], paint: Paint, width?: number): string {
  if (syncs.length === 0) return "No syncs.\n";
  const rows = syncs.map((sync) => [
    sync.jobId,
    paint(toneOf(sync.status), sync.status),
    formatInstant(sync.triggeredAt).slice(5, 16),
    sync.durationSeconds === null || sync.startedAt === null ? "-" : formatDuration(sync.durationSeconds),
    printable(sync.triggeredBy),
  ]);
  return formatTable(LIST_COLUMNS, rows, width);
}

/** Who may write prices now. */
export function formatLock(lock: LockStatus): string {
  const grant = lock.fence === null ? "never taken yet" : `fence ${lock.fence}`;
  if (!lock.held) return `The lock is not held (${grant}).\n`;
  const facts: [string, string][] = [
    ["worker", printable(lock.worker ?? "unknown")],
    ["sync", lock.jobId ?? "unknown"],
    ["fence", lock.fence ?? "unknown"],
    ["since", lock.lockedAt === null ? "unknown" : formatInstant(lock.lockedAt)],
    ["expires in", `${formatDuration(lock.secondsLeft)} unless it is renewed`],
  ];
  return `The lock is held.\n${facts.map(([name, text]) => `  ${name.padEnd(10)}  ${text}\n`).join("")}`;
}

/** Where a sync ended, for the last line on stderr: `Sync … ended: partial. 1 source failed`. */
export function describeEnd({ jobId, status, log }: SyncDetail): string {
  const failed = log.filter(({ outcome }) => outcome === "failed").length;
  return `Sync ${jobId} ended: ${status}${failed === 0 ? "" : `, ${plural(failed, "source")} failed`}`;
}
