import type { Metadata } from "next";
import { Suspense } from "react";
import { ConflictsScreen } from "#/ui/conflicts/conflicts-screen.tsx";

export const metadata: Metadata = { title: "Conflicts" };

export default function ConflictsPage() {
  return (
    <Suspense>
      <ConflictsScreen />
    </Suspense>
  );
}
