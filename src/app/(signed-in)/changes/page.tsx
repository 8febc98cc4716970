import type { Metadata } from "next";
import { Suspense } from "react";
import { ChangesScreen } from "#/ui/changes/changes-screen.tsx";

export const metadata: Metadata = { title: "Changes" };

export default function ChangesPage() {
  return (
    <Suspense>
      <ChangesScreen />
    </Suspense>
  );
}
