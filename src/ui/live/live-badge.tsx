"use client";

import { Group, Text } from "@mantine/core";
import { useLive } from "#/ui/live/live-provider.tsx";
import classes from "#/ui/live/live-badge.module.css";
import { useNow } from "#/ui/time/now.tsx";
import { describeSpan } from "#/ui/time/time.model.ts";

const WORDS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" } as const;

/** Whether what the page shows is the present. */
export function LiveBadge() {
  const { state, lastHeardAt } = useLive();
  return (
    <Group gap={7} wrap="nowrap" className={classes["badge"] ?? ""} data-state={state}>
      <span className={classes["dot"]} aria-hidden />
      <Text size="sm" component="span" role="status" className={classes["words"] ?? ""}>
        {WORDS[state]}
        {state === "reconnecting" && ","}
      </Text>
      {state === "reconnecting" && <DataAge since={lastHeardAt} />}
    </Group>
  );
}

// Apart from the status, so that a screen reader isn't told the count every second.
function DataAge({ since }: { since: number }) {
  const now = useNow();
  return (
    <Text size="sm" component="span" className={`tabular ${classes["words"]}`}>
      data is {describeSpan((now - since) / 1_000)} old
    </Text>
  );
}
