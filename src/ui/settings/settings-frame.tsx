"use client";

import { Stack, Title } from "@mantine/core";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { SECTIONS } from "#/ui/settings/sections.model.ts";
import classes from "#/ui/settings/settings-tabs.module.css";

/** The settings' heading and tabs, each with an address of its own, around the section that is open. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const path = usePathname();
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        Settings
      </Title>
      <nav aria-label="Sections of the settings" className={classes["tabs"]}>
        {SECTIONS.map(({ href, label }) => (
          <Link
            key={href}
            href={href}
            prefetch={false}
            aria-current={path === href ? "page" : undefined}
            className={classes["tab"] ?? ""}
          >
            {label}
          </Link>
        ))}
      </nav>
      {children}
    </Stack>
  );
}
