import { Button, Group, Text } from "@mantine/core";
import type { EndedStatus } from "#/terms/job-status.ts";

const ENDED_AS = {
  success: "as a success",
  partial: "as partial: some sources failed",
  failed: "as failed",
  cancelled: "as cancelled",
} as const satisfies Record<EndedStatus, string>;

/** In a dialog about a sync that has ended while it was open: there is nothing left to confirm. */
export function EndedMeanwhile({ status, onClose }: { status: EndedStatus; onClose: () => void }) {
  return (
    <>
      <Text size="sm" role="status">
        This sync has ended meanwhile, {ENDED_AS[status]}. There is nothing left to stop.
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onClose}>Go back</Button>
      </Group>
    </>
  );
}
