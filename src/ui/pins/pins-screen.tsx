"use client";

import { Anchor, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ClearPinButton } from "#/ui/model/clear-pin-button.tsx";
import { AskText } from "#/ui/pins/ask-text.tsx";
import { meterWords } from "#/price/charge-words.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { PriceTabs } from "#/ui/prices/price-tabs.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Pin = Outputs["prices"]["pins"]["pins"][number];

// Most visits import nothing; the form is fetched when it is asked for.
const ImportDialog = dynamic(() => import("#/ui/pins/import-dialog.tsx").then((module) => module.ImportDialog));

/** Every price that was set by hand, with what the sources ask below it. */
export function PinsScreen() {
  const trpc = useTRPC();
  const search = useSearchParams().get("q") ?? "";
  const [opened, { open, close }] = useDisclosure(false);
  const { data, error, refetch } = useQuery(
    trpc.prices.pins.queryOptions(search === "" ? {} : { search }, { placeholderData: keepPreviousData }),
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Pins
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={20}>
          {data !== undefined && countOf(data.pins.length, "pin")}
        </Text>
      </Group>
      <PriceTabs />
      <Text size="sm" c="dimmed">
        Prices set by hand. They stand above every source until they are cleared or end by themselves; no sync moves
        them. A single price is pinned on the page of its model.
      </Text>
      <Group align="end" gap="sm">
        <SearchBox
          label="Search pins"
          placeholder="Search sellers, models, reasons"
          search={search}
          onChange={(value) =>
            history.replaceState(
              null,
              "",
              `${location.pathname}${value === "" ? "" : `?${new URLSearchParams({ q: value }).toString()}`}`,
            )
          }
        />
        <VerbButton action="prices.importPins" variant="default" onClick={open}>
          Import a CSV
        </VerbButton>
      </Group>
      {data === undefined && error === null && <Skeleton h={220} />}
      {data === undefined && error !== null && (
        <ErrorNote title="The pins could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.pins.length === 0 && (
        <EmptyNote title={search === "" ? "No price is pinned" : "No pin matches"}>
          {search === "" && "Every price is what a source asks."}
        </EmptyNote>
      )}
      {data !== undefined && data.pins.length > 0 && <PinsTable pins={data.pins} />}
      {opened && <ImportDialog onClose={close} />}
    </Stack>
  );
}

function PinsTable({ pins }: { pins: readonly Pin[] }) {
  return (
    <Panel title="In force" flush>
      <TableFrame label="Pins">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Model</Table.Th>
            <Table.Th scope="col">Seller</Table.Th>
            <Table.Th scope="col">Pinned</Table.Th>
            <Table.Th scope="col">The source asks</Table.Th>
            <Table.Th scope="col">Why</Table.Th>
            <Table.Th scope="col">Ends</Table.Th>
            <Table.Th scope="col">Clear it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pins.map((pin) => (
            <PinRow key={pin.id} pin={pin} />
          ))}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}

function PinRow({ pin }: { pin: Pin }) {
  const { seller, model, variant, meter, below } = pin;
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td miw={160} style={{ overflowWrap: "anywhere" }}>
        <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(pin)} prefetch={false} {...props} />}>
          {model}
        </Anchor>
        <Text size="xs" c="dimmed">
          {meter === null ? "the whole offer" : `${meterWords(meter).toLowerCase()} only`}
          {variant !== "default" && `, ${variant}`}
        </Text>
      </Table.Td>
      <Table.Td>{seller}</Table.Td>
      <Table.Td miw={190}>
        <AskText state={pin.state} charges={pin.charges} />
      </Table.Td>
      <Table.Td miw={190}>
        {below === null ? (
          <Text size="sm">no source has it</Text>
        ) : (
          <>
            <AskText state={below.state} charges={below.charges} meter={meter} />
            {pin.drift !== null && (
              <>
                <WordBadge color="orange" words="moved since" />
                <Text size="xs" c="dimmed" component="div">
                  when it was pinned:
                  <AskText state={pin.drift.state} charges={pin.drift.charges} meter={meter} />
                </Text>
              </>
            )}
            <Text size="xs" c="dimmed">
              {below.source}
            </Text>
          </>
        )}
      </Table.Td>
      <Table.Td miw={160} style={{ overflowWrap: "anywhere" }}>
        {pin.reason}
        <Text size="xs" c="dimmed">
          {pin.setBy}, <RelativeTime at={pin.setAt} />
        </Text>
      </Table.Td>
      <Table.Td>{pin.expiresAt === null ? "never" : <ComingTime at={pin.expiresAt} as="instant" />}</Table.Td>
      <Table.Td>
        <ClearPinButton pin={pin} />
      </Table.Td>
    </Table.Tr>
  );
}
