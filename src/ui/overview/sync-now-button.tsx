"use client";

import { IconRefresh } from "@tabler/icons-react";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { useSyncNow } from "#/ui/overview/use-sync-now.ts";

export function SyncNowButton() {
  const syncNow = useSyncNow();
  return (
    <VerbButton action="syncs.trigger" onClick={syncNow} leftSection={<IconRefresh size={17} aria-hidden />}>
      Sync now
    </VerbButton>
  );
}
