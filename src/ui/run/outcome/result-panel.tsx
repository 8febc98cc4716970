import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { totalImpactWords } from "#/ui/price/impact-words.model.ts";
import { PriceLines } from "#/ui/price/price-lines.tsx";
import { REASON_WORDS } from "#/ui/review/hold-words.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { listResultLines, type ResultLine, type RunResult } from "#/ui/run/outcome/result-lines.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";

type Props = Readonly<{
  result: RunResult;
  /** What can be done with it, at its end. */
  verb?: ReactNode;
}>;

/** What a dry run would change and hold, or what a revert takes back. */
export function ResultPanel({ result, verb }: Props) {
  const { lines, total } = listResultLines(result);
  const title = result.dryRun ? "What it would do" : "What it did";
  const impact = totalImpactWords(Object.values(result.sources));
  return (
    <Panel
      title={title}
      flush
      aside={
        <Text size="sm" c="dimmed">
          {total > lines.length ? `${count(lines.length)} of ${countOf(total, "price")}` : countOf(total, "price")}
        </Text>
      }
    >
      {impact !== undefined && (
        <Text size="sm" px={18} pb="xs">
          {impact}
        </Text>
      )}
      {lines.length === 0 ? (
        <EmptyNote title={result.dryRun ? "Nothing would change" : "Nothing changed"}>
          Every price is as the book has it.
        </EmptyNote>
      ) : (
        <DataTable label={title} columns={COLUMNS} rows={lines} rowKey={({ key }) => key} />
      )}
      {Boolean(verb) && (
        <Group justify="flex-end" px={18} py="sm">
          {verb}
        </Group>
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<ResultLine>[] = [
  {
    id: "model",
    head: "Model",
    grows: true,
    cell: ({ model, variant, effectiveFrom }) => (
      <>
        {model} {variant !== "default" && <WordBadge color="gray" words={variant} />}{" "}
        {effectiveFrom !== null && <WordBadge color="blue" words={`from ${effectiveFrom.slice(0, 10)}`} />}
      </>
    ),
  },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  { id: "source", head: "Source", cell: ({ source }) => source },
  {
    id: "held",
    head: "Held for review",
    cell: ({ reasons: [reason] }) => (reason === undefined ? "" : REASON_WORDS[reason]),
  },
  {
    id: "price",
    head: "Price",
    cell: ({ before, after, monthlyImpactUsd }) => (
      <PriceLines
        change={{ ...after, previousState: before?.state ?? null, previousCharges: before?.charges ?? null }}
        monthlyImpactUsd={monthlyImpactUsd}
      />
    ),
  },
];
