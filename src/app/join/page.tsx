import type { Metadata } from "next";
import { JoinScreen } from "#/ui/sign-in/join-screen.tsx";

export const metadata: Metadata = { title: "Join" };

export default function JoinPage() {
  return <JoinScreen />;
}
