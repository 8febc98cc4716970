"use client";

import { Button, Tooltip, type ButtonProps } from "@mantine/core";
import type { ReactNode } from "react";
import type { Action } from "#/terms/role-table.ts";
import { useRefusal } from "#/ui/may/use-may.ts";

type Props = ButtonProps &
  Readonly<{ action: Action; "aria-label"?: string | undefined; onClick: () => void; children: ReactNode }>;

/** A button for something that not every role may do: it says so before it is tried. */
export function VerbButton({ action, onClick, children, ...button }: Props) {
  const refusal = useRefusal(action);
  if (refusal === undefined)
    return (
      <Button {...button} onClick={onClick}>
        {children}
      </Button>
    );
  // It stays in reach of the keyboard, so that its reason can be read.
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
