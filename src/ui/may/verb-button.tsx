"use client";

import { Button, type ButtonProps } from "@mantine/core";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import type { Action } from "#/terms/role-table.ts";
import { useRefusal } from "#/ui/may/use-may.ts";

// What places its reason beside it is a tenth of a page's code, and most readers may do what they see.
const RefusedButton = dynamic(() => import("#/ui/may/refused-button.tsx").then((module) => module.RefusedButton));

type Props = ButtonProps &
  Readonly<{ action: Action; "aria-label"?: string | undefined; onClick: () => void; children: ReactNode }>;

/** A button for something that not every role may do: it says so before it is tried. */
export function VerbButton({ action, onClick, children, ...button }: Props) {
  const refusal = useRefusal(action);
  if (refusal !== undefined)
    return (
      <RefusedButton {...button} refusal={refusal}>
        {children}
      </RefusedButton>
    );
  return (
    <Button {...button} onClick={onClick}>
      {children}
    </Button>
  );
}
