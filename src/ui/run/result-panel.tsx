import { Table, Text } from "@mantine/core";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { impactWords, totalImpactWords } from "#/ui/price/impact-words.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";

type Result = NonNullable<SyncDetail["result"]>;
type Line = Result["sources"][string]["changes"][number] & { reasons?: readonly string[] };

const SHOWN = 100;

/** What a dry run would change and hold, or what a revert takes back. */
export function ResultPanel({ result }: { result: Result }) {
  const all = Object.entries(result.sources);
  const total = all.reduce((sum, [, one]) => sum + one.changesTotal + one.holdsTotal, 0);
  const lines = all
    .flatMap(([source, { changes, holds }]) => [...holds, ...changes].map((line: Line) => ({ source, line })))
    .slice(0, SHOWN);
  const title = result.dryRun ? "What it would do" : "What it did";
  const impact = totalImpactWords(all.map(([, result]) => result));
  return (
    <Panel title={title} flush aside={<Text size="sm">{countOf(total, "price")}</Text>}>
      {impact !== undefined && (
        <Text size="sm" px={18} pb="xs">
          {impact}
        </Text>
      )}
      {lines.length === 0 ? (
        <EmptyNote title="Nothing would change">Every price is as the book has it.</EmptyNote>
      ) : (
        <TableFrame label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Source</Table.Th>
              <Table.Th scope="col">Seller</Table.Th>
              <Table.Th scope="col">Model</Table.Th>
              <Table.Th scope="col">Price</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map(({ source, line }) => (
              <ResultRow
                key={`${source} ${line.seller} ${line.model} ${line.variant} ${line.effectiveFrom}`}
                source={source}
                line={line}
              />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}

function ResultRow({ source, line }: { source: string; line: Line }) {
  const changes = changeLines({
    state: line.after.state,
    charges: line.after.charges,
    previousState: line.before?.state ?? null,
    previousCharges: line.before?.charges ?? null,
  });
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>{source}</Table.Td>
      <Table.Td>{line.seller}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {line.model} {line.variant !== "default" && <WordBadge color="gray" words={line.variant} />}{" "}
        {line.reasons !== undefined && <WordBadge color="orange" words={`held: ${line.reasons.join(" ")}`} />}
        {line.effectiveFrom !== null && <WordBadge color="blue" words={`from ${line.effectiveFrom.slice(0, 10)}`} />}
      </Table.Td>
      <Table.Td miw={260}>
        {changes.length === 0 && line.after.state}
        {changes.map(({ key, what, before, after, size, direction }) => (
          <Text key={key} size="sm">
            {what}: {before ?? "none"} → {after ?? "none"} <ChangeSize size={size} direction={direction} />
          </Text>
        ))}
        {line.monthlyImpactUsd !== null && (
          <Text size="xs" c="dimmed">
            {impactWords(line.monthlyImpactUsd)}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
