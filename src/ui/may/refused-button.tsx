"use client";

import { Button, Tooltip, type ButtonProps } from "@mantine/core";
import type { ReactNode } from "react";

type Props = ButtonProps & Readonly<{ refusal: string; "aria-label"?: string | undefined; children: ReactNode }>;

/** A button that says why it can't be used. It stays in reach of the keyboard, so that its reason can be read. */
export function RefusedButton({ refusal, children, ...button }: Props) {
  return (
    <Tooltip label={refusal} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...button}
        aria-disabled
        data-disabled
        aria-description={refusal}
        onClick={(event) => event.preventDefault()}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
