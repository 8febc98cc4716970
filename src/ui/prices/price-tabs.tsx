"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import classes from "#/ui/prices/price-tabs.module.css";

const TABS = [
  { href: "/prices", label: "In force" },
  { href: "/prices/pins", label: "Pins" },
  { href: "/prices/conflicts", label: "Conflicts" },
] as const;

/** From one view of the prices to another; each has an address of its own. */
export function PriceTabs() {
  const path = usePathname();
  return (
    <nav aria-label="Views of the prices" className={classes["tabs"]}>
      {TABS.map(({ href, label }) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined} className={classes["tab"] ?? ""}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
