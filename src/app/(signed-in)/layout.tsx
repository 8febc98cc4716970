import type { ReactNode } from "react";
import { AppFrame } from "#/ui/shell/app-frame.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { SignedInShell } from "#/ui/shell/signed-in-shell.tsx";

// The present of the server that renders; the clocks on the page start from it.
const presentMs = () => Date.now();

export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <SignedInShell renderedAt={presentMs()}>
      <Prefetched
        load={(trpc, queries) => [
          queries.fetchQuery(trpc.access.me.queryOptions()),
          queries.fetchQuery(trpc.review.count.queryOptions()),
        ]}
      >
        <AppFrame>{children}</AppFrame>
      </Prefetched>
    </SignedInShell>
  );
}
