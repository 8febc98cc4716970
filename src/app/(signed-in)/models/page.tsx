import type { Metadata } from "next";
import { AfterHydration } from "#/ui/shell/after-hydration.tsx";
import { ModelsScreen } from "#/ui/models/models-screen.tsx";

export const metadata: Metadata = { title: "Models" };

export default function ModelsPage() {
  return (
    <AfterHydration>
      <ModelsScreen />
    </AfterHydration>
  );
}
