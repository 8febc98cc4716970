import { Text } from "@mantine/core";
import { conditionWords, meterWords, priceWithUnit } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { ApiCharge } from "#/ui/price/charge-words.model.ts";
import type { Meter } from "#/terms/meter.ts";

const SHOWN = 4;

type Props = Readonly<{ state: string; charges: readonly ApiCharge[]; meter?: Meter | null }>;

/** A sheet in a cell: a line per charge, of one meter where only that one matters. */
export function AskText({ state, charges, meter = null }: Props) {
  const lines = readCharges(charges).filter((charge) => meter === null || charge.meter === meter);
  if (lines.length === 0) return <Text size="sm">{charges.length === 0 ? state : "not charged for"}</Text>;
  return (
    <>
      {lines.slice(0, SHOWN).map((charge) => {
        const condition = conditionWords(charge);
        return (
          <Text key={`${charge.meter} ${charge.unit} ${condition}`} size="sm" className="tabular">
            {meterWords(charge.meter)}
            {condition !== "" && `, ${condition}`}: {priceWithUnit(charge)}
          </Text>
        );
      })}
      {lines.length > SHOWN && (
        <Text size="xs" c="dimmed">
          and {lines.length - SHOWN} more
        </Text>
      )}
    </>
  );
}
