import { Anchor, Table } from "@mantine/core";
import Link from "next/link";
import type { OfferKey } from "#/price/offer.ts";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import type { EffectivePrice } from "#/ui/model/effective-panel.tsx";
import { readCharges } from "#/price/read-charges.ts";
import { listedPrice, type ListedPrice } from "#/ui/price/charge-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";

function priceCell({ text, per }: ListedPrice): string {
  return per === undefined ? text : `${text} ${per}`;
}

/** The same model at other sellers and in other variants. */
export function SiblingsPanel({ rates, current }: { rates: readonly EffectivePrice[]; current: OfferKey }) {
  const others = rates.filter(({ seller, variant }) => seller !== current.seller || variant !== current.variant);
  if (others.length === 0) return null;
  return (
    <Panel title="Other sellers and variants" flush>
      <TableFrame label="Other sellers and variants; amounts in USD per 1M tokens">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Seller</Table.Th>
            <Table.Th scope="col">Variant</Table.Th>
            <Table.Th scope="col" ta="right">
              Input, $ / 1M tokens
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Output, $ / 1M tokens
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {others.map((rate) => {
            const charges = readCharges(rate.charges);
            return (
              <Table.Tr key={`${rate.seller} ${rate.variant}`}>
                <Table.Td>
                  <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(rate)} prefetch={false} {...props} />}>
                    {rate.seller}
                  </Anchor>
                </Table.Td>
                <Table.Td>{rate.variant}</Table.Td>
                <Table.Td ta="right">{priceCell(listedPrice(rate.state, charges, "input"))}</Table.Td>
                <Table.Td ta="right">{priceCell(listedPrice(rate.state, charges, "output"))}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}
