import type { Metadata } from "next";
import { PricesScreen } from "#/ui/prices/prices-screen.tsx";

export const metadata: Metadata = { title: "Prices" };

export default function PricesPage() {
  return <PricesScreen />;
}
