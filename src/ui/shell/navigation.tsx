"use client";

import { NavLink } from "@mantine/core";
import { IconBook2, IconGauge } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [
  { href: "/", label: "Overview", Icon: IconGauge, owns: (path: string) => path === "/" || path.startsWith("/syncs") },
  { href: "/models", label: "Models", Icon: IconBook2, owns: (path: string) => path.startsWith("/models") },
] as const;

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const path = usePathname();
  return (
    <>
      {PAGES.map(({ href, label, Icon, owns }) => (
        <NavLink
          key={href}
          renderRoot={(props) => <Link href={href} aria-current={path === href ? "page" : undefined} {...props} />}
          label={label}
          leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
          active={owns(path)}
          onClick={onNavigate}
          bdrs="md"
          mb={4}
        />
      ))}
    </>
  );
}
