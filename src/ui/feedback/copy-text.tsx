"use client";

import { ActionIcon, Group } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { RefusedError } from "#/ui/feedback/describe-error.model.ts";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { writeClipboard } from "#/ui/feedback/write-clipboard.ts";

type Props = Readonly<{ value: string; what: string; children: ReactNode }>;

const SHOWN_MS = 1_500;

/** A text with a button that copies the whole of it. */
export function CopyText({ value, what, children }: Props) {
  const [isCopied, setIsCopied] = useState(false);
  const { start } = useTimeout(() => setIsCopied(false), SHOWN_MS);
  const copy = async () => {
    const isDone = await writeClipboard(value);
    setIsCopied(isDone);
    if (isDone) start();
    else
      notifyFailure("Nothing was copied", new RefusedError("This browser does not let a page copy. Select the text."));
  };
  return (
    <Group gap={2} wrap="nowrap" component="span" display="inline-flex">
      {children}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        onClick={() => void copy()}
        title={isCopied ? "Copied" : `Copy ${what}`}
        aria-label={isCopied ? `Copied ${what}` : `Copy ${what}`}
      >
        {isCopied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
    </Group>
  );
}
