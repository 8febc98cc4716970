"use client";

import { useMounted } from "@mantine/hooks";
import type { ReactNode } from "react";

/** For screens whose controls change the address: a choice made in one that does not work yet would be lost. */
export function AfterHydration({ children }: { children: ReactNode }) {
  return useMounted() ? children : null;
}
