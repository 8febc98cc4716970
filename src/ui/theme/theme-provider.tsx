"use client";

import { MantineProvider } from "@mantine/core";
import { setNonce } from "get-nonce";
import { useEffect, type ReactNode } from "react";
import { readableColors, theme } from "#/ui/theme/theme.ts";

export function ThemeProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  // What keeps the page from scrolling behind a dialog adds a style of its own.
  useEffect(() => {
    if (nonce !== undefined) setNonce(nonce);
  }, [nonce]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColors}
      defaultColorScheme="auto"
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      {children}
    </MantineProvider>
  );
}
