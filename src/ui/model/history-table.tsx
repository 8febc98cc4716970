import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { CAUSE_WORDS } from "#/ui/model/rate-words.model.ts";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

type Entry = Outputs["prices"]["history"]["entries"][number];

/** A price of the past: of the rate, or of one source. `who` says whose it is. */
export type HistoryLine = Pick<
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

export function HistoryTable({ lines }: { lines: readonly HistoryLine[] }) {
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
