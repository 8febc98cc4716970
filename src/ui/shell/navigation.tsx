"use client";

import { NavLink } from "@mantine/core";
import {
  IconArrowsDiff,
  IconBook2,
  IconCalendarClock,
  IconChecklist,
  IconDatabase,
  IconGauge,
  IconHistory,
  IconPin,
  IconPlugConnected,
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
  { href: "/", label: "Overview", Icon: IconGauge, owns: (path: string) => path === "/" || path.startsWith("/syncs") },
  { href: "/review", label: "Review", Icon: IconChecklist, owns: (path: string) => path.startsWith("/review") },
  { href: "/models", label: "Models", Icon: IconBook2, owns: (path: string) => path.startsWith("/models") },
  { href: "/pins", label: "Pins", Icon: IconPin, owns: (path: string) => path.startsWith("/pins") },
  {
    href: "/conflicts",
    label: "Conflicts",
    Icon: IconArrowsDiff,
    owns: (path: string) => path.startsWith("/conflicts"),
  },
  { href: "/changes", label: "Changes", Icon: IconHistory, owns: (path: string) => path.startsWith("/changes") },
  { href: "/sources", label: "Sources", Icon: IconDatabase, owns: (path: string) => path.startsWith("/sources") },
  {
    href: "/schedules",
    label: "Schedules",
    Icon: IconCalendarClock,
    owns: (path: string) => path.startsWith("/schedules"),
  },
  {
    href: "/gateways",
    label: "Gateways",
    Icon: IconPlugConnected,
    owns: (path: string) => path.startsWith("/gateways"),
  },
  {
    href: "/operations",
    label: "Operations",
    Icon: IconTool,
    owns: (path: string) => path.startsWith("/operations"),
  },
  {
    href: "/settings",
    label: "Settings",
    Icon: IconSettings,
    owns: (path: string) => path.startsWith("/settings"),
  },
] as const;

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const path = usePathname();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.review.cards.queryOptions({}));
  const open = data?.open ?? 0;
  return (
    <>
      {PAGES.map(({ href, label, Icon, owns }) => (
        <NavLink
          key={href}
          renderRoot={(props) => <Link href={href} aria-current={path === href ? "page" : undefined} {...props} />}
          label={label}
          leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
          rightSection={href === "/review" && open > 0 ? <WordBadge color="orange" words={count(open)} /> : undefined}
          active={owns(path)}
          onClick={onNavigate}
          bdrs="md"
          mb={4}
        />
      ))}
    </>
  );
}
