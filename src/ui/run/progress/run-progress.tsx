import { Group, Progress, Text } from "@mantine/core";
import type { SyncSummary } from "#/ui/run/run-counts.model.ts";

const COLOR = {
  queued: "gray",
  running: "indigo",
  success: "teal",
  partial: "orange",
  failed: "red",
  cancelled: "gray",
} as const;

/** How much of a run is done, in whole percent, as the server counts it. */
export function RunProgress({ sync }: { sync: Pick<SyncSummary, "status" | "progressPercent"> }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <Progress.Root size="lg" flex={1} transitionDuration={250}>
        <Progress.Section value={sync.progressPercent} color={COLOR[sync.status]} aria-label="Progress of the sync" />
      </Progress.Root>
      <Text size="sm" fw={600} className="tabular" w={44} ta="right">
        {sync.progressPercent}%
      </Text>
    </Group>
  );
}
