"use client";

import { MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { readableColors, theme } from "#/ui/theme/theme.ts";

export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={readableColors} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  );
}
