"use client";

import { Anchor, Group, NativeSelect, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { displayCharge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { meterWords, usd } from "#/price/charge-words.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { PriceTabs } from "#/ui/prices/price-tabs.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Conflict = Outputs["prices"]["conflicts"]["conflicts"][number];

const PERCENTS = ["1", "5", "10", "25", "50", "100", "900"];
const SHOWN = 100;

/** The same seller and model, priced differently by different sources, the widest first. */
export function ConflictsScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const over = PERCENTS.find((one) => one === query.get("over")) ?? "5";
  const { data, error, refetch } = useQuery(
    trpc.prices.conflicts.queryOptions(
      { overPercent: Number(over), limit: SHOWN },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Conflicts
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={20}>
          {data !== undefined && countOf(data.total, "conflict")}
        </Text>
      </Group>
      <PriceTabs />
      <Text size="sm" c="dimmed">
        The same seller and model, priced differently by different sources. The first source by rank counts; the
        cheapest is never chosen for being cheap.
      </Text>
      <NativeSelect
        label="Further apart than"
        value={over}
        w={200}
        data={PERCENTS.map((value) => ({ value, label: `${value} %` }))}
        onChange={({ currentTarget: { value } }) =>
          history.replaceState(null, "", `${location.pathname}${value === "5" ? "" : `?over=${value}`}`)
        }
      />
      {data === undefined && error === null && <Skeleton h={220} />}
      {data === undefined && error !== null && (
        <ErrorNote title="The conflicts could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.conflicts.length === 0 && <EmptyNote title="All sources agree" />}
      {data !== undefined && data.conflicts.length > 0 && (
        <Panel title="The widest first" flush>
          <TableFrame label="Conflicts">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Model</Table.Th>
                <Table.Th scope="col">Meter</Table.Th>
                <Table.Th scope="col">Source</Table.Th>
                <Table.Th scope="col">Sold by</Table.Th>
                <Table.Th scope="col" ta="right">
                  USD per 1M tokens
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  Apart
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.conflicts.map((conflict) => (
                <ConflictRows
                  key={`${conflict.meter} ${conflict.variant} ${conflict.sides.map(({ source, listing }) => `${source} ${listing}`).join(" ")}`}
                  conflict={conflict}
                />
              ))}
            </Table.Tbody>
          </TableFrame>
        </Panel>
      )}
    </Stack>
  );
}

function ConflictRows({ conflict: { sides, meter, variant, ratio } }: { conflict: Conflict }) {
  return sides.map(({ source, seller, model, listing, amount }, index) => (
    <Table.Tr key={`${source} ${listing}`}>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link href={modelHref({ seller, model, variant })} prefetch={false} {...props} />}
        >
          {model}
        </Anchor>
        {variant !== "default" && `, ${variant}`}
      </Table.Td>
      <Table.Td>{meterWords(meter)}</Table.Td>
      <Table.Td title={`listed as ${listing}`}>{source}</Table.Td>
      <Table.Td>{seller}</Table.Td>
      <Table.Td ta="right" fw={600} className="tabular">
        {usd(displayCharge({ amount: decimal(amount), unit: "token" }).amount)}
      </Table.Td>
      <Table.Td ta="right">{index === 0 && (ratio === null ? "one is 0" : `×${shortRatio(ratio)}`)}</Table.Td>
    </Table.Tr>
  ));
}

/** To three digits: how far apart is a picture, not a price. */
function shortRatio(ratio: string): string {
  return String(Number(Number(ratio).toPrecision(3)));
}
