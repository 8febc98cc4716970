"use client";

import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useDisclosure, useMounted } from "@mantine/hooks";
import dynamic from "next/dynamic";
import Link from "next/link";
import type { ReactNode } from "react";
import { LiveBadge } from "#/ui/live/live-badge.tsx";
import { useLive } from "#/ui/live/live-provider.tsx";
import classes from "#/ui/shell/app-frame.module.css";
import { PaletteButton } from "#/ui/palette/palette-button.tsx";
import { Navigation } from "#/ui/shell/navigation.tsx";
import { SignOutButton } from "#/ui/shell/sign-out-button.tsx";
import { Wordmark } from "#/ui/shell/wordmark.tsx";
import { ColorSchemeButton } from "#/ui/theme/color-scheme-button.tsx";

// What places a menu beside its button is a tenth of a page's code; the button is there before it.
const ColorSchemeMenu = dynamic(
  () => import("#/ui/theme/color-scheme-menu.tsx").then((module) => module.ColorSchemeMenu),
  {
    ssr: false,
    loading: () => <ColorSchemeButton />,
  },
);

export function AppFrame({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
    >
      <AppShell.Header className={classes["bar"] ?? ""}>
        <a className={classes["skip"]} href="#content">
          Skip to the content
        </a>
        <Group h="100%" px={{ base: "sm", sm: "lg" }} justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the menu" : "Open the menu"}
              aria-expanded={opened}
            />
            <Link href="/" className={classes["home"] ?? ""} aria-label="Ratebook, to the overview">
              <Wordmark compact />
            </Link>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <PaletteButton />
            <LiveBadge />
            <ColorSchemeMenu />
            <Box visibleFrom="sm">
              <SignOutButton />
            </Box>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes["bar"] ?? ""} p="sm" aria-label="Main">
        <Navigation onNavigate={close} />
        <Box mt="auto">
          <Box hiddenFrom="sm">
            <SignOutButton />
          </Box>
          <Text size="xs" c="dimmed" px="sm" pt="sm">
            Ratebook {process.env.RATEBOOK_VERSION}
          </Text>
        </Box>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes["main"] ?? ""}>
        <Content>{children}</Content>
      </AppShell.Main>
    </AppShell>
  );
}

/** By itself, so that the frame is not drawn again when the stream opens. */
function Content({ children }: { children: ReactNode }) {
  // A choice made in a control that does not work yet would be lost.
  const isMounted = useMounted();
  const { state } = useLive();
  return (
    <div className={classes["content"]} inert={!isMounted} data-stale={state === "reconnecting" || undefined}>
      {children}
    </div>
  );
}
