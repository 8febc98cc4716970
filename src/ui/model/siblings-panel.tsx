import { Anchor, Table } from "@mantine/core";
import Link from "next/link";
import type { OfferKey } from "#/price/offer.ts";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import type { PricedOffer } from "#/ui/model/source-offer.tsx";
import { readCharges } from "#/price/read-charges.ts";
import { listedPrice, type ListedPrice } from "#/ui/price/charge-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";

function priceCell({ text, per }: ListedPrice): string {
  return per === undefined ? text : `${text} ${per}`;
}

/** The same model at other sellers and in other variants. */
export function SiblingsPanel({ offers, current }: { offers: readonly PricedOffer[]; current: OfferKey }) {
  const others = offers.filter(({ seller, variant }) => seller !== current.seller || variant !== current.variant);
  if (others.length === 0) return null;
  return (
    <Panel title="Other sellers and variants" flush>
      <TableFrame label="Other sellers and variants; amounts in USD per 1M tokens">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Seller</Table.Th>
            <Table.Th scope="col">Variant</Table.Th>
            <Table.Th scope="col">Source</Table.Th>
            <Table.Th scope="col" ta="right">
              Input, $ / 1M tokens
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Output, $ / 1M tokens
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {others.map((offer) => {
            const charges = readCharges(offer.charges);
            return (
              <Table.Tr key={`${offer.source} ${offer.seller} ${offer.variant}`}>
                <Table.Td>
                  <Anchor
                    size="sm"
                    renderRoot={(props) => <Link href={modelHref(offer)} prefetch={false} {...props} />}
                  >
                    {offer.seller}
                  </Anchor>
                </Table.Td>
                <Table.Td>{offer.variant}</Table.Td>
                <Table.Td>{offer.source}</Table.Td>
                <Table.Td ta="right">{priceCell(listedPrice(offer.state, charges, "input"))}</Table.Td>
                <Table.Td ta="right">{priceCell(listedPrice(offer.state, charges, "output"))}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}
