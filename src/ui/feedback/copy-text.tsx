"use client";

import { ActionIcon, CopyButton, Group } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = Readonly<{ value: string; what: string; children: ReactNode }>;

/** A text with a button that copies the whole of it. */
export function CopyText({ value, what, children }: Props) {
  return (
    <Group gap={2} wrap="nowrap" component="span" display="inline-flex">
      {children}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            title={copied ? "Copied" : `Copy ${what}`}
            aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
