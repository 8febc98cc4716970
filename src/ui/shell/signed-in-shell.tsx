"use client";

import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { LiveProvider } from "#/ui/live/live-provider.tsx";
import { NowProvider } from "#/ui/time/now.tsx";
import { ApiProvider } from "#/ui/trpc.tsx";

// The first message comes after the page. One that is told before this is loaded waits for it.
const Notifications = dynamic(() => import("@mantine/notifications").then((module) => module.Notifications), {
  ssr: false,
});

/** What every signed-in page stands in. `renderedAt`: ms since the epoch, by the server. */
export function SignedInShell({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return (
    <NowProvider renderedAt={renderedAt}>
      <ApiProvider>
        <LiveProvider>
          {children}
          <Notifications position="bottom-right" limit={4} containerWidth={400} />
        </LiveProvider>
      </ApiProvider>
    </NowProvider>
  );
}
