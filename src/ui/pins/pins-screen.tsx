"use client";

import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ClearPinButton } from "#/ui/model/pin/clear-pin-button.tsx";
import { AskText } from "#/ui/pins/ask-text.tsx";
import { meterWords } from "#/price/charge-words.ts";
import { modelHref } from "#/price/model-href.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
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
  const pins = useQuery(
    trpc.prices.pins.queryOptions(search === "" ? {} : { search }, { placeholderData: keepPreviousData }),
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Pins
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={20}>
          {pins.data !== undefined && countOf(pins.data.pins.length, "pin")}
        </Text>
      </Group>
      <PriceTabs />
      <Text size="sm" c="dimmed">
        Prices set by hand. They stand above every source until they are cleared or expire, and no sync changes them. A
        single price is pinned on the page of its model.
      </Text>
      <Group align="end" gap="sm">
        <SearchBox
          label="Search pins"
          placeholder="Search sellers, models, reasons"
          search={search}
          onChange={(q) => setInAddress({ q })}
        />
        <VerbButton action="prices.importPins" variant="default" onClick={open}>
          Import a CSV
        </VerbButton>
      </Group>
      <Loaded query={pins} failed="The pins could not be read" height={220}>
        {({ pins: all }) =>
          all.length === 0 ? (
            <EmptyNote title={search === "" ? "No price is pinned" : "No pin matches"}>
              {search === "" && "Every price in force comes from a source."}
            </EmptyNote>
          ) : (
            <Panel title="In force" flush>
              <DataTable
                label="Pins"
                columns={COLUMNS}
                rows={all}
                rowKey={({ id }) => id}
                verbs={(pin) => <ClearPinButton pin={pin} />}
              />
            </Panel>
          )
        }
      </Loaded>
      {opened && <ImportDialog onClose={close} />}
    </Stack>
  );
}

const COLUMNS: readonly Column<Pin>[] = [
  { id: "model", head: "Model", grows: true, cell: (pin) => <Model pin={pin} /> },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  { id: "pinned", head: "Pinned", cell: ({ state, charges }) => <AskText state={state} charges={charges} /> },
  { id: "below", head: "The source asks", cell: (pin) => <Below pin={pin} /> },
  { id: "why", head: "Reason", cell: (pin) => <Reason pin={pin} /> },
  {
    id: "ends",
    head: "Ends",
    cell: ({ expiresAt }) => (expiresAt === null ? "never" : <ComingTime at={expiresAt} as="instant" />),
  },
];

function Model({ pin }: { pin: Pin }) {
  const { model, variant, meter } = pin;
  return (
    <>
      <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(pin)} prefetch={false} {...props} />}>
        {model}
      </Anchor>
      <Text size="xs" c="dimmed">
        {meter === null ? "the whole offer" : `${meterWords(meter).toLowerCase()} only`}
        {variant !== "default" && `, ${variant}`}
      </Text>
    </>
  );
}

function Below({ pin: { below, meter, drift } }: { pin: Pin }) {
  if (below === null) return "no source has it";
  return (
    <>
      <AskText state={below.state} charges={below.charges} meter={meter} />
      {drift !== null && (
        <>
          <WordBadge color="orange" words="moved since" />
          <Text size="xs" c="dimmed" component="div">
            when it was pinned:
            <AskText state={drift.state} charges={drift.charges} meter={meter} />
          </Text>
        </>
      )}
      <Text size="xs" c="dimmed">
        {below.source}
      </Text>
    </>
  );
}

function Reason({ pin: { reason, setBy, setAt } }: { pin: Pin }) {
  return (
    <>
      {reason}
      <Text size="xs" c="dimmed">
        {setBy}, <RelativeTime at={setAt} />
      </Text>
    </>
  );
}
