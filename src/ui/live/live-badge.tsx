"use client";

import { ActionIcon, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useLive } from "#/ui/live/live-provider.tsx";
import classes from "#/ui/live/live-badge.module.css";
import { useNow } from "#/ui/time/now.tsx";
import { describeSpan } from "#/ui/time/time.model.ts";

const WORDS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting", paused: "Paused" } as const;

/** Whether what the page shows is the present, and a button that stops it. */
export function LiveBadge() {
  const { state, lastHeardAt, setPaused } = useLive();
  const isPaused = state === "paused";
  const isOld = isPaused || state === "reconnecting";
  return (
    <Group gap={7} wrap="nowrap" className={classes["badge"] ?? ""} data-state={state}>
      <span className={classes["dot"]} aria-hidden />
      <Text size="sm" component="span" role="status" className={classes["words"] ?? ""}>
        {WORDS[state]}
        {isOld && ","}
      </Text>
      {isOld && <DataAge since={lastHeardAt} />}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        onClick={() => setPaused(!isPaused)}
        aria-label={isPaused ? "Resume live updates" : "Pause live updates"}
        title={isPaused ? "Resume live updates" : "Pause live updates"}
      >
        {isPaused ? (
          <IconPlayerPlay size={15} stroke={1.8} aria-hidden />
        ) : (
          <IconPlayerPause size={15} stroke={1.8} aria-hidden />
        )}
      </ActionIcon>
    </Group>
  );
}

// Apart from the status, so that a screen reader isn't told the count every second.
function DataAge({ since }: { since: number }) {
  const now = useNow();
  return (
    <Text size="sm" component="span" className={`tabular ${classes["words"]}`}>
      <span className={classes["long"]}>data is </span>
      {describeSpan((now - since) / 1_000)} old
    </Text>
  );
}
