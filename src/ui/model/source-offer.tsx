import { Anchor, Group, Table, Text } from "@mantine/core";
import Link from "next/link";
import { displayCharge } from "#/price/charge.ts";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { conditionWords, meterWords, usd } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { Digest } from "#/ui/run/source-card.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

export type PricedOffer = Outputs["prices"]["get"]["offers"][number];

const STATE_COLOR = { priced: "teal", free: "teal", unknown: "gray", varies: "gray" } as const;
const STATE_SENTENCE = {
  priced: "",
  free: "This source says it is free.",
  unknown: "This source doesn't say what it costs.",
  varies: "This source says the price is not one number.",
} as const;

/** What one source says it costs, and where that comes from. */
export function SourceOffer({ offer }: { offer: PricedOffer }) {
  const { provenance, listing, state } = offer;
  return (
    <Panel title={`According to ${offer.source}`} flush aside={<Badges offer={offer} />}>
      {state !== "priced" && (
        <Text size="sm" px={18} pb="xs">
          {STATE_SENTENCE[state]}
        </Text>
      )}
      {offer.charges.length > 0 && <ChargesTable offer={offer} />}
      <div style={{ padding: "12px 18px 10px" }}>
        <Facts
          facts={[
            { name: "Says so since", value: <RelativeTime at={offer.effectiveAt} /> },
            { name: "Observed", value: <RelativeTime at={provenance.observedAt} /> },
            ...(listing.missingSince === null
              ? []
              : [{ name: "Missing since", value: <RelativeTime at={listing.missingSince} /> }]),
            { name: "Listed there as", value: listing.id },
            ...(listing.listedAs === offer.seller ? [] : [{ name: "Seller there", value: listing.listedAs }]),
            ...(listing.derivedFrom === null ? [] : [{ name: "Worked out from", value: listing.derivedFrom }]),
            ...(provenance.payloadDigest === null
              ? []
              : [{ name: "Payload digest", value: <Digest digest={provenance.payloadDigest} /> }]),
            { name: "Written by", value: <Writer jobId={provenance.jobId} cause={provenance.cause} /> },
          ]}
        />
      </div>
    </Panel>
  );
}

function Badges({ offer: { state, listing } }: { offer: PricedOffer }) {
  return (
    <Group gap={6} wrap="nowrap">
      {listing.delistedAt !== null && <WordBadge color="red" words="delisted" />}
      {listing.heldBy !== null && <WordBadge color="orange" words="newer price held" />}
      {listing.staleSince !== null && <WordBadge color="yellow" words="stale" />}
      {listing.delistedAt === null && listing.missedPayloads > 0 && <WordBadge color="orange" words="missing" />}
      <WordBadge color={STATE_COLOR[state]} words={state} />
    </Group>
  );
}

function Writer({ jobId, cause }: { jobId: string | null; cause: string }) {
  if (jobId === null) return cause;
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} {...props} />}>
      {cause} {jobId.slice(0, 8)}
    </Anchor>
  );
}

function ChargesTable({ offer }: { offer: PricedOffer }) {
  return (
    <TableFrame label={`Charges according to ${offer.source}`}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Charge</Table.Th>
          <Table.Th scope="col">Applies</Table.Th>
          <Table.Th scope="col" ta="right">
            Amount, USD
          </Table.Th>
          <Table.Th scope="col" w="30%">
            Per
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {readCharges(offer.charges).map((charge) => {
          const { amount, per } = displayCharge(charge);
          const condition = conditionWords(charge);
          return (
            <Table.Tr key={`${charge.meter} ${charge.unit} ${condition}`}>
              <Table.Td>{meterWords(charge.meter)}</Table.Td>
              <Table.Td>{condition === "" ? "always" : condition}</Table.Td>
              <Table.Td ta="right" fw={600}>
                {usd(amount)}
              </Table.Td>
              <Table.Td>{per}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </TableFrame>
  );
}
