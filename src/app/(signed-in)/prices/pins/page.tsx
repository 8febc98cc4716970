import type { Metadata } from "next";
import { PinsScreen } from "#/ui/pins/pins-screen.tsx";

export const metadata: Metadata = { title: "Pins" };

export default function PinsPage() {
  return <PinsScreen />;
}
