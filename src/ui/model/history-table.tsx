import { Anchor, Table, Text } from "@mantine/core";
import Link from "next/link";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

type Entry = Outputs["prices"]["history"]["entries"][number];

export function HistoryTable({ entries }: { entries: readonly Entry[] }) {
  return (
    <TableFrame label="History of the price, newest first">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">When</Table.Th>
          <Table.Th scope="col">Source</Table.Th>
          <Table.Th scope="col">What changed</Table.Th>
          <Table.Th scope="col">Why</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id} style={{ verticalAlign: "top" }}>
            <Table.Td>
              <RelativeTime at={entry.effectiveAt} />
            </Table.Td>
            <Table.Td>{entry.source}</Table.Td>
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

const CAUSE_WORDS = {
  sync: "sync",
  approve: "approved",
  revert: "reverted",
  pin: "pinned",
  unpin: "pin cleared",
  delist: "delisted",
} as const satisfies Record<Entry["cause"], string>;

/** "approved by ann@example.com", "announced, withdrawn". */
function causeWords({ cause, actor, announced, withdrawnAt }: Entry): string {
  const words = actor === null ? CAUSE_WORDS[cause] : `${CAUSE_WORDS[cause]} by ${actor}`;
  if (!announced) return words;
  return withdrawnAt === null ? `${words}, announced` : `${words}, announced and withdrawn`;
}

function Change({ entry }: { entry: Entry }) {
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
  if (lines.length === 0) return <Text size="sm">Only its form changed, no amount did</Text>;
  return lines.map(({ key, what, before, after, size, direction }) => (
    <Text key={key} size="sm">
      {what}: {before ?? "none"} → {after ?? "none"} <ChangeSize size={size} direction={direction} />
    </Text>
  ));
}
