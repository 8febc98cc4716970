"use client";

import { Group, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { displayCharge } from "#/price/charge.ts";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ClearPinButton, type Pin } from "#/ui/model/clear-pin-button.tsx";
import { CAUSE_WORDS } from "#/ui/model/history-table.tsx";
import { conditionWords, meterWords, usd } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

export type EffectivePrice = Outputs["prices"]["get"]["effective"][number];

// Most visits don't pin; the form is fetched when it is asked for.
const PinDialog = dynamic(() => import("#/ui/model/pin-dialog.tsx").then((module) => module.PinDialog));

type Props = Readonly<{
  price: EffectivePrice;
  pins: readonly Pin[];
  /** The price is the present one: what counted in the past can't be changed. */
  canPin: boolean;
}>;

/** What counts, line by line with where it comes from, and the pins on it. */
export function EffectivePanel({ price, pins, canPin }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Panel
      title="What counts"
      flush
      aside={
        canPin && (
          <VerbButton action="prices.setPin" size="compact-sm" variant="default" onClick={open}>
            Pin a price
          </VerbButton>
        )
      }
    >
      {price.charges.length === 0 ? (
        <Text size="sm" px={18} pb="sm">
          The price is {price.state}. It is never counted as 0.
        </Text>
      ) : (
        <ChargesTable price={price} />
      )}
      <div style={{ padding: "12px 18px 10px" }}>
        <Facts
          facts={[
            { name: "In force since", value: <RelativeTime at={price.validFrom} /> },
            { name: "Because of", value: CAUSE_WORDS[price.cause] },
            { name: "Version of the book", value: price.version },
          ]}
        />
      </div>
      {pins.map((pin) => (
        <Group key={pin.id} px={18} py={10} justify="space-between" gap="xs">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            <WordBadge color="violet" words="pinned" /> {pin.meter === null ? "The whole offer" : meterWords(pin.meter)}{" "}
            by {pin.setBy}, <RelativeTime at={pin.setAt} />: {pin.reason}
            {pin.expiresAt !== null && `; until ${pin.expiresAt.slice(0, 10)}`}
          </Text>
          {canPin && <ClearPinButton pin={pin} />}
        </Group>
      ))}
      {opened && <PinDialog price={price} onClose={close} />}
    </Panel>
  );
}

function originWords({ pinnedBy, source, isFilled }: EffectivePrice["charges"][number]): string {
  if (pinnedBy !== null) return `pinned by ${pinnedBy}`;
  return isFilled ? `filled from ${source}` : source;
}

function ChargesTable({ price }: { price: EffectivePrice }) {
  const rows = readCharges(price.charges).map((charge, index) => ({ charge, from: price.charges[index] }));
  return (
    <TableFrame label="The price that counts">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Charge</Table.Th>
          <Table.Th scope="col">Applies</Table.Th>
          <Table.Th scope="col" ta="right">
            Amount, USD
          </Table.Th>
          <Table.Th scope="col">Per</Table.Th>
          <Table.Th scope="col">From</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ charge, from }) => {
          const { amount, per } = displayCharge(charge);
          const condition = conditionWords(charge);
          return (
            <Table.Tr key={`${charge.meter} ${charge.unit} ${condition}`}>
              <Table.Td>{meterWords(charge.meter)}</Table.Td>
              <Table.Td>
                {condition === "" ? "always" : condition}
                {from?.isActive === false && ", not now"}
              </Table.Td>
              <Table.Td ta="right" fw={600}>
                {usd(amount)}
              </Table.Td>
              <Table.Td>{per}</Table.Td>
              <Table.Td>{from !== undefined && originWords(from)}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </TableFrame>
  );
}
