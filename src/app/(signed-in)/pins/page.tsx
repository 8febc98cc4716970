import type { Metadata } from "next";
import { Suspense } from "react";
import { PinsScreen } from "#/ui/pins/pins-screen.tsx";

export const metadata: Metadata = { title: "Pins" };

export default function PinsPage() {
  return (
    <Suspense>
      <PinsScreen />
    </Suspense>
  );
}
