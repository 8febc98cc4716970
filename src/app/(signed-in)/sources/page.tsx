import type { Metadata } from "next";
import { Suspense } from "react";
import { SourcesScreen } from "#/ui/sources/sources-screen.tsx";

export const metadata: Metadata = { title: "Sources" };

export default function SourcesPage() {
  return (
    <Suspense>
      <SourcesScreen />
    </Suspense>
  );
}
