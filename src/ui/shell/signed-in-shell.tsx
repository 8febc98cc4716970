"use client";

import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { LiveProvider } from "#/ui/live/live-provider.tsx";
import { AppFrame } from "#/ui/shell/app-frame.tsx";
import { ApiProvider } from "#/ui/trpc.tsx";

export function SignedInShell({ children }: { children: ReactNode }) {
  return (
    <ApiProvider>
      <LiveProvider>
        <AppFrame>{children}</AppFrame>
        <Notifications position="bottom-right" limit={4} containerWidth={400} />
      </LiveProvider>
    </ApiProvider>
  );
}
