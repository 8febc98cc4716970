import type { Metadata } from "next";
import { headers } from "next/headers";
import { GatewaysScreen } from "#/ui/gateways/gateways-screen.tsx";

export const metadata: Metadata = { title: "Gateways" };

export default async function GatewaysPage() {
  const asked = await headers();
  return <GatewaysScreen askedAt={`${asked.get("x-forwarded-proto") ?? "http"}://${asked.get("host") ?? ""}`} />;
}
