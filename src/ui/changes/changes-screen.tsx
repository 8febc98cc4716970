"use client";

import {
  Anchor,
  Button,
  Group,
  NativeSelect,
  Skeleton,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { DAY_STARTS, readPeriod, showPeriod, type ShownPeriod } from "#/ui/changes/period.model.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { totalImpactWords, impactWords } from "#/ui/price/impact-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Difference = Outputs["prices"]["diff"]["differences"][number];

const SHOWN = 200;

// Most visits import nothing; the form is fetched when it is asked for.
const UsageDialog = dynamic(() => import("#/ui/changes/usage-dialog.tsx").then((module) => module.UsageDialog));

/** What differs in the whole book between two instants, each as it was known then, and what that costs. */
export function ChangesScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const now = useNow();
  const [opened, { open, close }] = useDisclosure(false);
  const isKnownNow = query.get("known") === "now";
  const period = readPeriod(query, now);
  const { data, error, refetch } = useQuery(
    trpc.prices.diff.queryOptions(
      {
        from: `${period.from}:00Z`,
        ...(period.to === undefined ? {} : { to: `${period.to}:00Z` }),
        ...(isKnownNow ? { knownAt: endOfHour(now) } : {}),
        limit: SHOWN,
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const change = (next: ShownPeriod) => showPeriod({ ...period, isKnownNow, ...next });
  const impact = data === undefined ? undefined : totalImpactWords(data.differences);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Changes
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={20}>
          {data !== undefined && countOf(data.total, "price differs", "prices differ")}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        What differs in the prices in force between two instants, each as it was known then. What came to be known late,
        such as an archive, counts with what is known now.
      </Text>
      <Group align="end" gap="sm">
        <NativeSelect
          label="The last"
          w={120}
          value=""
          data={[
            { value: "", label: "Choose" },
            ...DAY_STARTS.map(({ days, label }) => ({ value: String(days), label })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            value !== "" &&
            now !== undefined &&
            change({ from: minuteOf(now - Number(value) * 86_400_000), to: undefined })
          }
        />
        <TextInput
          type="datetime-local"
          label="From (UTC)"
          value={period.from}
          onChange={({ currentTarget: { value } }) => value !== "" && change({ from: value })}
        />
        <TextInput
          type="datetime-local"
          label="To (UTC, now when empty)"
          value={period.to ?? ""}
          onChange={({ currentTarget: { value } }) => change({ to: value === "" ? undefined : value })}
        />
        <Button variant="default" onClick={open}>
          Monthly usage
        </Button>
        <Switch
          label="With what is known now"
          checked={isKnownNow}
          onChange={({ currentTarget: { checked } }) => change({ isKnownNow: checked })}
        />
      </Group>
      {data === undefined && error === null && <Skeleton h={220} />}
      {error !== null && (
        <ErrorNote title="The changes could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.differences.length === 0 && <EmptyNote title="Nothing differs between these instants" />}
      {data !== undefined && data.differences.length > 0 && (
        <Panel
          title="What differs"
          flush
          aside={
            data.total > data.differences.length && (
              <Text size="sm" c="dimmed">
                the first {data.differences.length}
              </Text>
            )
          }
        >
          {impact !== undefined && (
            <Text size="sm" px={18} pb="xs">
              {impact}
            </Text>
          )}
          <DifferencesTable differences={data.differences} />
        </Panel>
      )}
      {opened && <UsageDialog onClose={close} />}
    </Stack>
  );
}

function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}

/** All that is known now, in a question that stays the same while the page is open. */
function endOfHour(ms: number): string {
  return `${new Date(ms + 3_600_000).toISOString().slice(0, 13)}:00:00Z`;
}

function DifferencesTable({ differences }: { differences: readonly Difference[] }) {
  return (
    <TableFrame label="What differs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Model</Table.Th>
          <Table.Th scope="col">Seller</Table.Th>
          <Table.Th scope="col">Price</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {differences.map((one) => (
          <DifferenceRow key={`${one.seller} ${one.model} ${one.variant}`} difference={one} />
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}

function DifferenceRow({ difference }: { difference: Difference }) {
  const { seller, model, variant, before, after, monthlyImpactUsd } = difference;
  const lines = changeLines({
    state: after?.state ?? "unknown",
    charges: after?.charges ?? [],
    previousState: before?.state ?? null,
    previousCharges: before?.charges ?? null,
  });
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td miw={160} style={{ overflowWrap: "anywhere" }}>
        <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(difference)} prefetch={false} {...props} />}>
          {model}
        </Anchor>
        {variant !== "default" && (
          <Text size="xs" c="dimmed">
            {variant}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{seller}</Table.Td>
      <Table.Td miw={280}>
        {lines.length === 0 && (after?.state ?? "no longer there")}
        {lines.map(({ key, what, before: old, after: now, size, direction }) => (
          <Text key={key} size="sm" className="tabular">
            {what}: {old ?? "none"} → {now ?? "none"} <ChangeSize size={size} direction={direction} />
          </Text>
        ))}
        {monthlyImpactUsd !== null && (
          <Text size="xs" c="dimmed">
            {impactWords(monthlyImpactUsd)}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
