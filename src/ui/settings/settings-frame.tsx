"use client";

import { Stack, Title } from "@mantine/core";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { SECTIONS } from "#/ui/settings/sections.model.ts";
import { LinkTabs } from "#/ui/shell/link-tabs.tsx";

/** The settings' heading and tabs, each with an address of its own, around the section that is open. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        Settings
      </Title>
      <LinkTabs label="Sections of the settings" tabs={SECTIONS} current={usePathname()} />
      {children}
    </Stack>
  );
}
