"use client";

import { NavLink } from "@mantine/core";
import {
  IconBook2,
  IconCalendarClock,
  IconChecklist,
  IconDatabase,
  IconGauge,
  IconHistory,
  IconPlugConnected,
  IconRefresh,
  IconSettings,
  IconTool,
} from "@tabler/icons-react";
import Link from "next/link";
import { useQuery } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { count } from "#/ui/feedback/count.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const PAGES = [
  { href: "/", label: "Overview", Icon: IconGauge },
  { href: "/syncs", label: "Syncs", Icon: IconRefresh },
  { href: "/review", label: "Review", Icon: IconChecklist },
  { href: "/prices", label: "Prices", Icon: IconBook2 },
  { href: "/changes", label: "Changes", Icon: IconHistory },
  { href: "/sources", label: "Sources", Icon: IconDatabase },
  { href: "/schedules", label: "Schedules", Icon: IconCalendarClock },
  { href: "/gateways", label: "Gateways", Icon: IconPlugConnected },
  { href: "/operations", label: "Operations", Icon: IconTool },
  { href: "/settings", label: "Settings", Icon: IconSettings },
] as const;

function owns(href: string, path: string): boolean {
  return path === href || (href !== "/" && path.startsWith(`${href}/`));
}

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const path = usePathname();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.review.count.queryOptions());
  const open = data?.open ?? 0;
  return (
    <>
      {PAGES.map(({ href, label, Icon }) => (
        <NavLink
          key={href}
          renderRoot={(props) => <Link href={href} aria-current={path === href ? "page" : undefined} {...props} />}
          label={label}
          leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
          rightSection={href === "/review" && open > 0 ? <WordBadge color="orange" words={count(open)} /> : undefined}
          active={owns(href, path)}
          onClick={onNavigate}
          bdrs="md"
          mb={4}
        />
      ))}
    </>
  );
}
