import type { Metadata } from "next";
import { AfterHydration } from "#/ui/shell/after-hydration.tsx";
import { ChangesScreen } from "#/ui/changes/changes-screen.tsx";

export const metadata: Metadata = { title: "Changes" };

export default function ChangesPage() {
  return (
    <AfterHydration>
      <ChangesScreen />
    </AfterHydration>
  );
}
