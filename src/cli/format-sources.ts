import type { SourceTest, SourceView } from "#/cli/api-types.ts";
import { toneOf } from "#/cli/create-paint.ts";
import { formatCount, formatTable, type Column } from "#/cli/format-table.ts";
import { formatDuration, formatInstant } from "#/cli/format-time.ts";
import { formatUnreadFields } from "#/cli/format-unread-fields.ts";
import { printable } from "#/cli/printable.ts";
import type { Paint } from "#/cli/session.ts";

const COLUMNS: readonly Column[] = [
  { title: "RANK", align: "right" },
  { title: "NAME" },
  { title: "KIND" },
  { title: "STATE" },
  { title: "LAST" },
  { title: "FRESH AS OF", align: "right" },
  { title: "URL", shrinks: true },
];

/** The sources in the order of rank, with the last errors under it. */
export function formatSources(sources: readonly SourceView[], paint: Paint, width?: number): string {
  if (sources.length === 0) return "No sources. Add one with: ratebook sources add NAME --kind KIND\n";
  const rows = sources.map((source) => {
    const state = source.enabled ? "enabled" : "disabled";
    return [
      String(source.rank),
      printable(source.name),
      source.kind,
      paint(toneOf(state), state),
      source.lastOutcome === null ? "-" : paint(toneOf(source.lastOutcome), source.lastOutcome),
      source.lastSuccessAt === null || source.ageSeconds === null
        ? "never"
        : `${formatDuration(source.ageSeconds)} ago`,
      printable(source.url),
    ];
  });
  const remarks = sources.flatMap(({ name, lastError, retryAfter }) => [
    ...(lastError === null ? [] : [`${printable(name)}: ${printable(lastError)}\n`]),
    ...(retryAfter === null ? [] : [`${printable(name)} asked us to wait until ${formatInstant(retryAfter)}\n`]),
  ]);
  return `${formatTable(COLUMNS, rows, width)}${remarks.length === 0 ? "" : `\n${remarks.join("")}`}`;
}

/** What a source's document holds, without anything written. */
export function formatSourceTest(test: SourceTest, paint: Paint, width?: number): string {
  const facts: [string, string][] = [];
  if (test.bytes !== null) facts.push(["received", `${formatCount(test.bytes)} bytes`]);
  if (test.fetchMs !== null) facts.push(["fetched in", formatDuration(test.fetchMs / 1_000)]);
  for (const [state, count] of Object.entries(test.offers)) facts.push([state, formatCount(count)]);
  for (const [reason, count] of Object.entries(test.rejected))
    facts.push(["rejected", `${formatCount(count)} (${reason})`]);
  const verdict = test.ok ? paint("good", "can be read") : paint("bad", "can't be read");
  const lines = facts.map(([name, text]) => `  ${name.padEnd(10)}  ${text}\n`).join("");
  const unread = formatUnreadFields(test.unreadFields, width);
  return `${printable(test.name)} ${verdict}: ${printable(test.message)}\n${lines}${unread}Nothing was written.\n`;
}
