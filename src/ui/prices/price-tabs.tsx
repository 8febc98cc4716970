"use client";

import { usePathname } from "next/navigation";
import { LinkTabs } from "#/ui/shell/link-tabs.tsx";

const TABS = [
  { href: "/prices", label: "In force" },
  { href: "/prices/pins", label: "Pins" },
  { href: "/prices/conflicts", label: "Conflicts" },
] as const;

/** From one view of the prices to another. */
export function PriceTabs() {
  return <LinkTabs label="Views of the prices" tabs={TABS} current={usePathname()} />;
}
