"use client";

import { Anchor, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { OfferKey } from "#/price/offer.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { HISTORY_LIMIT } from "#/ui/model/model-queries.ts";
import { CAUSE_WORDS } from "#/ui/model/prices/rate-words.model.ts";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { fromWords } from "#/ui/prices/row-words.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { type Outputs, useTRPC } from "#/ui/trpc.tsx";

const OF = [
  { value: "rate", label: "In force" },
  { value: "sources", label: "By source" },
];

/** Every change: of the price in force, or of what each source said. */
export function ChangesPanel({ offer }: { offer: OfferKey }) {
  const of = useSearchParams().get("of") === "sources" ? "sources" : "rate";
  return (
    <Panel
      title="Changes"
      flush
      aside={
        <SegmentedControl
          size="xs"
          data={OF}
          value={of}
          onChange={(value) => setInAddress({ of: value === "rate" ? undefined : value })}
          aria-label="Changes of what"
        />
      }
    >
      {of === "rate" ? <RateChanges offer={offer} /> : <SourceChanges offer={offer} />}
    </Panel>
  );
}

function RateChanges({ offer }: { offer: OfferKey }) {
  const changes = useQuery(useTRPC().prices.history.queryOptions({ ...offer, limit: HISTORY_LIMIT }));
  return (
    <Loaded query={changes} failed="The history could not be read" height={300}>
      {({ entries }) => <Lines lines={entries.map((entry) => ({ ...entry, who: fromWords(entry) }))} />}
    </Loaded>
  );
}

function SourceChanges({ offer }: { offer: OfferKey }) {
  const changes = useQuery(useTRPC().prices.offerHistory.queryOptions({ ...offer, limit: HISTORY_LIMIT }));
  return (
    <Loaded query={changes} failed="What the sources said could not be read" height={300}>
      {({ entries }) => <Lines lines={entries.map((entry) => ({ ...entry, who: entry.source }))} />}
    </Loaded>
  );
}

function Lines({ lines }: { lines: readonly HistoryLine[] }) {
  if (lines.length === 0) return <EmptyNote title="No change has been recorded yet" />;
  return (
    <>
      <HistoryTable lines={lines} />
      {lines.length === HISTORY_LIMIT && (
        <Text size="xs" c="dimmed" px={18} py={8}>
          These are the latest {HISTORY_LIMIT} changes.
        </Text>
      )}
    </>
  );
}

type Entry = Outputs["prices"]["history"]["entries"][number];

/** A price of the past: of the rate, or of one source. `who` says whose it is. */
type HistoryLine = Pick<
  Entry,
  | "id"
  | "effectiveAt"
  | "cause"
  | "jobId"
  | "actor"
  | "reason"
  | "announced"
  | "withdrawnAt"
  | "state"
  | "charges"
  | "previousState"
  | "previousCharges"
> &
  Readonly<{ who: string }>;

function HistoryTable({ lines }: { lines: readonly HistoryLine[] }) {
  return (
    <DataTable label="History of the price, newest first" columns={COLUMNS} rows={lines} rowKey={({ id }) => id} />
  );
}

const COLUMNS: readonly Column<HistoryLine>[] = [
  { id: "when", head: "When", cell: ({ effectiveAt }) => <When at={effectiveAt} /> },
  { id: "from", head: "From", cell: ({ who }) => who },
  { id: "what", head: "What changed", grows: true, cell: (entry) => <Change entry={entry} /> },
  { id: "why", head: "Why", cell: (entry) => <Why entry={entry} /> },
];

function Why({ entry }: { entry: HistoryLine }) {
  const { jobId, reason } = entry;
  return (
    <>
      {jobId === null ? (
        causeWords(entry)
      ) : (
        <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
          {causeWords(entry)}
        </Anchor>
      )}
      {reason !== null && (
        <Text size="xs" c="dimmed">
          {reason}
        </Text>
      )}
    </>
  );
}

/** How long ago, or for what is still to come its day. */
function When({ at }: { at: string }) {
  const isComing = Date.parse(at) > useNow();
  return isComing ? <ComingTime at={at} as="instant" /> : <RelativeTime at={at} />;
}

/** "pinned by ann@example.com", "announced, withdrawn". */
function causeWords({ cause, actor, announced, withdrawnAt }: HistoryLine): string {
  if (announced && cause === "expire" && withdrawnAt === null) return "the pin ends";
  const words = actor === null ? CAUSE_WORDS[cause] : `${CAUSE_WORDS[cause]} by ${actor}`;
  if (withdrawnAt !== null) return announced ? `${words}, announced and withdrawn` : `${words}, corrected later`;
  return announced && cause !== "due" ? `${words}, announced` : words;
}

function Change({ entry }: { entry: HistoryLine }) {
  const lines = changeLines(entry);
  if (entry.previousState === null) {
    const prices = lines.map(({ what, after }) => `${what} ${after ?? ""}`).join("; ");
    return (
      <Text size="sm">
        First seen, {entry.state}
        {prices === "" ? "" : `: ${prices}`}
      </Text>
    );
  }
  if (lines.length === 0) return <Text size="sm">Only where it comes from changed, no amount did</Text>;
  return lines.map(({ key, what, before, after, size, direction }) => (
    <Text key={key} size="sm">
      {what}: {before ?? "none"} → {after ?? "none"} <ChangeSize size={size} direction={direction} />
    </Text>
  ));
}
