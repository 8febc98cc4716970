import type { Metadata } from "next";
import { GatewaysScreen } from "#/ui/gateways/gateways-screen.tsx";
import { AfterHydration } from "#/ui/shell/after-hydration.tsx";

export const metadata: Metadata = { title: "Gateways" };

export default function GatewaysPage() {
  return (
    <AfterHydration>
      <GatewaysScreen />
    </AfterHydration>
  );
}
