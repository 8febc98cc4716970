import { Table, Text } from "@mantine/core";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { describeDuration } from "#/ui/time/time.model.ts";

type Attempt = SyncDetail["attempts"][number];

const OUTCOMES = {
  success: ["teal", "success"],
  partial: ["orange", "partial"],
  failed: ["red", "failed"],
  cancelled: ["gray", "cancelled"],
  retrying: ["orange", "failed sources tried again"],
  faulted: ["red", "stopped by an error"],
  drained: ["gray", "handed over"],
  died: ["red", "worker died"],
} as const satisfies Record<NonNullable<Attempt["outcome"]>, readonly [string, string]>;

/** Every attempt of a sync: who ran it, under which fence, and why it ended. */
export function AttemptsPanel({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <Panel title="Attempts" flush>
      <TableFrame label="Attempts">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Attempt</Table.Th>
            <Table.Th scope="col">Ended as</Table.Th>
            <Table.Th scope="col">Why</Table.Th>
            <Table.Th scope="col">Started</Table.Th>
            <Table.Th scope="col" ta="right">
              Took
            </Table.Th>
            <Table.Th scope="col">Worker</Table.Th>
            <Table.Th scope="col" ta="right">
              Fence
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attempts.map(({ attempt, outcome, message, startedAt, endedAt, worker, fence }) => {
            const [color, words] = outcome === null ? (["indigo", "running"] as const) : OUTCOMES[outcome];
            return (
              <Table.Tr key={attempt} style={{ verticalAlign: "top" }}>
                <Table.Td>{attempt}</Table.Td>
                <Table.Td>
                  <WordBadge color={color} words={words} />
                </Table.Td>
                <Table.Td miw={240}>
                  <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                    {message}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={startedAt} />
                </Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
                  {endedAt === null
                    ? "–"
                    : describeDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 1_000)}
                </Table.Td>
                <Table.Td>{worker}</Table.Td>
                <Table.Td ta="right">{fence}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}
