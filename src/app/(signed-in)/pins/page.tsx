import type { Metadata } from "next";
import { AfterHydration } from "#/ui/shell/after-hydration.tsx";
import { PinsScreen } from "#/ui/pins/pins-screen.tsx";

export const metadata: Metadata = { title: "Pins" };

export default function PinsPage() {
  return (
    <AfterHydration>
      <PinsScreen />
    </AfterHydration>
  );
}
