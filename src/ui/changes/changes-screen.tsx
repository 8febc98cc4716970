"use client";

import { Anchor, Button, Group, NativeSelect, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { changesInput, DAY_STARTS, readPeriod, showPeriod, type ShownPeriod } from "#/ui/changes/period.model.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { totalImpactWords, impactWords } from "#/ui/price/impact-words.model.ts";
import { modelHref } from "#/price/model-href.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Difference = Outputs["prices"]["diff"]["differences"][number];

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
  const changes = useQuery(
    trpc.prices.diff.queryOptions(changesInput(query, now), { placeholderData: keepPreviousData }),
  );
  const change = (next: ShownPeriod) => showPeriod({ ...period, isKnownNow, ...next });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Changes
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={20}>
          {changes.data !== undefined && countOf(changes.data.total, "price differs", "prices differ")}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        How the prices in force differ between two instants, each as it was known then. To include what became known
        later, such as an archive, use what is known now. A reader of feeds gets changes as they come from the{" "}
        <Anchor size="sm" underline="always" href="/v1/changes.atom">
          Atom feed
        </Anchor>
        .
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
            value !== "" && change({ from: minuteOf(now - Number(value) * 86_400_000), to: undefined })
          }
        />
        <TextInput
          type="datetime-local"
          w={{ base: "100%", xs: "auto" }}
          label="From (UTC)"
          value={period.from}
          onChange={({ currentTarget: { value } }) => value !== "" && change({ from: value })}
        />
        <TextInput
          type="datetime-local"
          w={{ base: "100%", xs: "auto" }}
          label="To (UTC, now when empty)"
          value={period.to ?? ""}
          onChange={({ currentTarget: { value } }) => change({ to: value === "" ? undefined : value })}
        />
        <Button variant="default" onClick={open}>
          Monthly usage
        </Button>
        <Switch
          label="With what is known now"
          mb={8}
          checked={isKnownNow}
          onChange={({ currentTarget: { checked } }) => change({ isKnownNow: checked })}
        />
      </Group>
      <Loaded query={changes} failed="The changes could not be read" height={220}>
        {({ differences, total }) =>
          differences.length === 0 ? (
            <EmptyNote title="Nothing differs between these instants" />
          ) : (
            <Differences differences={differences} total={total} />
          )
        }
      </Loaded>
      {opened && <UsageDialog onClose={close} />}
    </Stack>
  );
}

function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}

function Differences({ differences, total }: Outputs["prices"]["diff"]) {
  const impact = totalImpactWords(differences);
  return (
    <Panel
      title="What differs"
      flush
      aside={
        total > differences.length && (
          <Text size="sm" c="dimmed">
            the first {differences.length}
          </Text>
        )
      }
    >
      {impact !== undefined && (
        <Text size="sm" px={18} pb="xs">
          {impact}
        </Text>
      )}
      <DataTable
        label="What differs"
        columns={COLUMNS}
        rows={differences}
        rowKey={({ seller, model, variant }) => `${seller} ${model} ${variant}`}
      />
    </Panel>
  );
}

const COLUMNS: readonly Column<Difference>[] = [
  { id: "model", head: "Model", cell: (difference) => <Model difference={difference} /> },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  { id: "price", head: "Price", grows: true, cell: (difference) => <PriceLines difference={difference} /> },
];

function Model({ difference }: { difference: Difference }) {
  const { model, variant } = difference;
  return (
    <>
      <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(difference)} prefetch={false} {...props} />}>
        {model}
      </Anchor>
      {variant !== "default" && (
        <Text size="xs" c="dimmed">
          {variant}
        </Text>
      )}
    </>
  );
}

function PriceLines({ difference: { before, after, monthlyImpactUsd } }: { difference: Difference }) {
  const lines = changeLines({
    state: after?.state ?? "unknown",
    charges: after?.charges ?? [],
    previousState: before?.state ?? null,
    previousCharges: before?.charges ?? null,
  });
  return (
    <>
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
    </>
  );
}
