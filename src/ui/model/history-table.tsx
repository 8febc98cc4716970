import { Anchor, Table, Text } from "@mantine/core";
import Link from "next/link";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { CAUSE_WORDS } from "#/ui/model/rate-words.model.ts";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { changeLines } from "#/ui/price/price-change.model.ts";
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
    <TableFrame label="History of the price, newest first">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">When</Table.Th>
          <Table.Th scope="col">From</Table.Th>
          <Table.Th scope="col">What changed</Table.Th>
          <Table.Th scope="col">Why</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((entry) => (
          <Table.Tr key={entry.id} style={{ verticalAlign: "top" }}>
            <Table.Td>
              <When at={entry.effectiveAt} />
            </Table.Td>
            <Table.Td>{entry.who}</Table.Td>
            <Table.Td miw={260}>
              <Change entry={entry} />
            </Table.Td>
            <Table.Td>
              {entry.jobId === null ? (
                causeWords(entry)
              ) : (
                <Anchor
                  size="sm"
                  renderRoot={(props) => <Link href={`/syncs/${entry.jobId}`} prefetch={false} {...props} />}
                >
                  {causeWords(entry)}
                </Anchor>
              )}
              {entry.reason !== null && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {entry.reason}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
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
