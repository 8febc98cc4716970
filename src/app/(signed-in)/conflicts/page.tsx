import type { Metadata } from "next";
import { AfterHydration } from "#/ui/shell/after-hydration.tsx";
import { ConflictsScreen } from "#/ui/conflicts/conflicts-screen.tsx";

export const metadata: Metadata = { title: "Conflicts" };

export default function ConflictsPage() {
  return (
    <AfterHydration>
      <ConflictsScreen />
    </AfterHydration>
  );
}
