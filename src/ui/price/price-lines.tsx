import { Text } from "@mantine/core";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { impactWords } from "#/ui/price/impact-words.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";

type Props = Readonly<{
  change: Parameters<typeof changeLines>[0];
  monthlyImpactUsd?: string | null;
}>;

/** What a change did to a price, a line for each charge: "Input: $2.00 → $3.00 per 1M tokens +50%". */
export function PriceLines({ change, monthlyImpactUsd = null }: Props) {
  const lines = changeLines(change);
  return (
    <>
      {lines.length === 0 && change.state}
      {lines.map(({ key, what, before, after, size, direction }) => (
        <div key={key}>
          {what}: {before === undefined ? "" : `${before} → `}
          {after ?? "none"} <ChangeSize size={size} direction={direction} />
        </div>
      ))}
      {monthlyImpactUsd !== null && (
        <Text size="xs" c="dimmed">
          {impactWords(monthlyImpactUsd)}
        </Text>
      )}
    </>
  );
}
