import { Text } from "@mantine/core";
import type { ChangeLine } from "#/ui/price/price-change.model.ts";

const COLOR = {
  up: "var(--tone-bad)",
  down: "var(--tone-good)",
  none: "var(--mantine-color-dimmed)",
} as const;

/** "+25%": dearer is red, cheaper green; the sign says it too. */
export function ChangeSize({ size, direction }: Pick<ChangeLine, "size" | "direction">) {
  return (
    <Text
      size="sm"
      component="span"
      fw={direction === "none" ? 400 : 600}
      c={COLOR[direction]}
      style={{ whiteSpace: "nowrap" }}
    >
      {size}
    </Text>
  );
}
