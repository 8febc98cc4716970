import { Anchor, Table, Text } from "@mantine/core";
import Link from "next/link";
import { readCharges } from "#/price/read-charges.ts";
import { sellerName } from "#/price/sellers.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ViewLink } from "#/ui/model/model-views.tsx";
import type { EffectivePrice } from "#/ui/model/price-answer.ts";
import { listedPrice } from "#/ui/price/charge-words.model.ts";
import { modelHref } from "#/price/model-href.ts";

type Props = Readonly<{
  rates: readonly EffectivePrice[];
  /** How many to show; the others are a link away. */
  most?: number;
}>;

/** The same model at other sellers and in other variants, the cheapest input first. */
export function SellersPanel({ rates, most = Infinity }: Props) {
  const shown = rates.slice(0, most);
  return (
    <Panel
      title="Other sellers"
      flush
      aside={rates.length > most && <ViewLink view="sellers">All {rates.length}</ViewLink>}
    >
      {rates.length === 0 && <EmptyNote title="No other seller lists this model" />}
      {shown.length > 0 && (
        <Table aria-label="Other sellers and variants; amounts in USD per 1M tokens" className="tabular" fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" py={4} fz="xs" c="dimmed" fw={500}>
                Seller
              </Table.Th>
              <Table.Th scope="col" ta="right" py={4} px={8} fz="xs" c="dimmed" fw={500}>
                Input
                <br />$ / 1M
              </Table.Th>
              <Table.Th scope="col" ta="right" py={4} fz="xs" c="dimmed" fw={500}>
                Output
                <br />$ / 1M
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((rate) => (
              <SellerRow key={`${rate.seller} ${rate.variant}`} rate={rate} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

function SellerRow({ rate }: { rate: EffectivePrice }) {
  const charges = readCharges(rate.charges);
  return (
    <Table.Tr>
      <Table.Td py={4}>
        <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(rate)} prefetch={false} {...props} />}>
          {sellerName(rate.seller)}
        </Anchor>
        {rate.variant !== "default" && (
          <Text size="xs" c="dimmed">
            {rate.variant}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right" py={4} px={8}>
        {priceText(rate, charges, "input")}
      </Table.Td>
      <Table.Td ta="right" py={4}>
        {priceText(rate, charges, "output")}
      </Table.Td>
    </Table.Tr>
  );
}

function priceText(
  { state }: EffectivePrice,
  charges: ReturnType<typeof readCharges>,
  meter: "input" | "output",
): string {
  const { text, per } = listedPrice(state, charges, meter);
  return per === undefined ? text : `${text} ${per}`;
}
