import type { Metadata } from "next";
import { ConflictsScreen } from "#/ui/conflicts/conflicts-screen.tsx";

export const metadata: Metadata = { title: "Conflicts" };

export default function ConflictsPage() {
  return <ConflictsScreen />;
}
