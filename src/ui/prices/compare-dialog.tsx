import { Skeleton, Table, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import Link from "next/link";
import { readCharges } from "#/price/read-charges.ts";
import { tokenCount } from "#/terms/fact-words.ts";
import { priceKeyText, type PriceRow } from "#/terms/price-table.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { modelHref } from "#/price/model-href.ts";
import { compareSheets } from "#/ui/prices/compare-prices.model.ts";
import { apartWords, rowFromWords } from "#/ui/prices/row-words.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

type Props = Readonly<{ rows: readonly PriceRow[]; onClose: () => void }>;

/** A few prices side by side, with every line of their sheets. */
export function CompareDialog({ rows, onClose }: Props) {
  const trpc = useTRPC();
  const prices = useQueries({
    queries: rows.map(({ seller, model, variant }) => trpc.prices.get.queryOptions({ seller, model, variant })),
  });
  const sheets = prices.map(({ data }) => readCharges(data?.effective[0]?.charges ?? []));
  const failed = prices.find(({ error, data }) => error !== null && data === undefined);
  return (
    <Dialog title={`Compare ${rows.length} prices`} size="xl" onClose={onClose}>
      {failed !== undefined && (
        <ErrorNote
          title="A price could not be read"
          error={failed.error}
          onRetry={() => prices.forEach(({ refetch }) => void refetch())}
        />
      )}
      <Table.ScrollContainer minWidth={160 + rows.length * 150} type="native" scrollAreaProps={{ tabIndex: 0 }}>
        <Table verticalSpacing={6} fz="sm" aria-label="Prices side by side">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Charge</Table.Th>
              {rows.map((row) => (
                <Table.Th key={priceKeyText(row)} scope="col" style={{ overflowWrap: "anywhere" }}>
                  <Link href={modelHref(row)}>{row.model}</Link>
                  <Text size="xs" c="dimmed">
                    {row.variant === "default" ? row.seller : `${row.seller}, ${row.variant}`}
                  </Text>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {compareSheets(sheets).map(({ key, name, per, prices: amounts }) => (
              <Table.Tr key={key}>
                <Table.Th scope="row" fw={500}>
                  {name}{" "}
                  <Text span size="xs" c="dimmed">
                    per {per}
                  </Text>
                </Table.Th>
                {amounts.map((amount, place) => (
                  <Table.Td key={place} className="tabular">
                    {prices[place]?.data === undefined ? <Skeleton h={14} w={60} /> : (amount ?? "–")}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
            <FactLines rows={rows} />
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Dialog>
  );
}

const FACTS = [
  { name: "State", value: ({ state }: PriceRow) => state },
  {
    name: "Context",
    value: ({ contextTokens: tokens }: PriceRow) => (tokens === null ? "–" : `${tokenCount(tokens)} tokens`),
  },
  { name: "Sources", value: (row: PriceRow) => [rowFromWords(row), apartWords(row)].filter(Boolean).join(", ") },
  {
    name: "Since",
    value: ({ validFromMs }: PriceRow) =>
      validFromMs === null ? "–" : <RelativeTime at={new Date(validFromMs).toISOString()} />,
  },
] as const;

function FactLines({ rows }: Pick<Props, "rows">) {
  return FACTS.map(({ name, value }) => (
    <Table.Tr key={name}>
      <Table.Th scope="row" fw={500}>
        {name}
      </Table.Th>
      {rows.map((row) => (
        <Table.Td key={priceKeyText(row)}>{value(row)}</Table.Td>
      ))}
    </Table.Tr>
  ));
}
