"use client";

import { ActionIcon, type ActionIconProps, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import type { ComponentProps } from "react";

export const SCHEMES = [
  { scheme: "light", label: "Light", Icon: IconSun },
  { scheme: "dark", label: "Dark", Icon: IconMoon },
  { scheme: "auto", label: "As the system", Icon: IconDeviceDesktop },
] as const satisfies readonly { scheme: MantineColorScheme; label: string; Icon: typeof IconSun }[];

type Props = ActionIconProps & Omit<ComponentProps<"button">, keyof ActionIconProps>;

/** Shows which colours are chosen. */
export function ColorSchemeButton(props: Props) {
  const { colorScheme } = useMantineColorScheme();
  // The server doesn't know the choice; the icon waits for it.
  const mounted = useIsBrowser();
  const chosen = SCHEMES.find(({ scheme }) => mounted && scheme === colorScheme) ?? SCHEMES[2];
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Colours: ${chosen.label}`} {...props}>
      <chosen.Icon size={18} stroke={1.7} aria-hidden />
    </ActionIcon>
  );
}
