import { Text } from "@mantine/core";
import { count, countOf, spoken } from "#/ui/feedback/count.model.ts";
import { Facts } from "#/ui/feedback/facts.tsx";
import type { SourceCounts } from "#/ui/run/run-counts.model.ts";

const STATES = ["priced", "free", "unknown", "varies"] as const;
const COMPARED = [
  ["created", "New"],
  ["changed", "Changed"],
  ["unchanged", "Unchanged"],
  ["missing", "Missing"],
  ["returned", "Back again"],
  ["delisted", "Delisted"],
] as const;
/** What is news only when there is some. */
const RARE = [
  ["stale", "Stale: too many lost at once to believe"],
  ["resolved", "Holds resolved automatically"],
  ["announced", "Announced for a later day"],
  ["withdrawn", "Announcements taken back"],
  ["remembered", "Kept out: rejected before"],
] as const;

/** `compared`: the sheet has been held against the book, so that what it changes is known. */
export function SourceCountsTable({ counts, compared }: { counts: SourceCounts; compared: boolean }) {
  const states = STATES.filter((state) => counts[state] > 0).map((state) => `${count(counts[state])} ${state}`);
  return (
    <>
      <Text size="sm">
        {countOf(counts.offers, "offer")}
        {states.length > 0 && `: ${states.join(", ")}`}
      </Text>
      {compared && <Facts facts={comparedFacts(counts)} />}
      <Notes counts={counts} />
    </>
  );
}

function comparedFacts(counts: SourceCounts) {
  const rare = RARE.filter(([name]) => counts[name] > 0);
  const held = { name: "Held for review", value: count(counts.held + counts.stillHeld) };
  const fact = ([name, label]: (typeof COMPARED | typeof RARE)[number]) => ({
    name: label,
    value: count(counts[name]),
  });
  return [...COMPARED.map(fact), held, ...rare.map(fact)];
}

function Notes({ counts }: { counts: SourceCounts }) {
  const rejected = listReasons(counts.rejectedBy);
  const skipped = listReasons(counts.skippedBy);
  if (counts.rejected === 0 && counts.rounded === 0 && skipped === "") return null;
  return (
    <Text size="sm" c="dimmed" component="div">
      {counts.rejected > 0 && (
        <div>
          Rejected {countOf(counts.rejected, "entry", "entries")}: {rejected}
        </div>
      )}
      {skipped !== "" && <div>Skipped by the format’s own rules: {skipped}</div>}
      {counts.rounded > 0 && <div>{countOf(counts.rounded, "amount")} had float noise rounded off</div>}
    </Text>
  );
}

function listReasons(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .map(([reason, amount]) => `${count(amount)} ${spoken(reason)}`)
    .join(", ");
}
