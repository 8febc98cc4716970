import { Button, Group, Paper, Text } from "@mantine/core";
import { useState } from "react";
import type { PriceRow } from "#/terms/price-table.ts";
import { CompareDialog } from "#/ui/prices/compare-dialog.tsx";

/** How many prices are read side by side at most. */
export const MOST_COMPARED = 5;

type Props = Readonly<{ rows: readonly PriceRow[]; onClear: () => void }>;

/** What can be done with the chosen rows; in view wherever the list is scrolled to. */
export function CompareBar({ rows, onClear }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Paper
      withBorder
      shadow="md"
      p="xs"
      pos="sticky"
      bottom={12}
      style={{ zIndex: 3 }}
      role="region"
      aria-label="Chosen prices"
    >
      <Group gap="sm" justify="space-between">
        <Text size="sm">
          {rows.length} of at most {MOST_COMPARED} prices chosen
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={onClear}>
            Clear
          </Button>
          <Button size="xs" disabled={rows.length < 2} onClick={() => setOpen(true)}>
            Compare
          </Button>
        </Group>
      </Group>
      {isOpen && <CompareDialog rows={rows} onClose={() => setOpen(false)} />}
    </Paper>
  );
}
