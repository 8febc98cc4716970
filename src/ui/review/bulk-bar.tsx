"use client";

import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { count } from "#/ui/feedback/count.model.ts";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import type { Verb } from "#/ui/review/hold-row.tsx";
import classes from "#/ui/review/review.module.css";

type Props = Readonly<{
  total: number;
  selected: number;
  keys: ReactNode;
  onClear: () => void;
  onAsk: (verb: Verb) => void;
}>;

/** Decides on all holds of the list, or on the selected ones. It stays in view. */
export function BulkBar({ total, selected, keys, onClear, onAsk }: Props) {
  const these = selected > 0 ? `${count(selected)} selected` : `all ${count(total)}`;
  return (
    <div className={classes["bar"]} role="group" aria-label="Many at once">
      {keys}
      <Group gap="xs" ml="auto">
        {selected > 0 && (
          <Button size="compact-sm" variant="subtle" onClick={onClear}>
            Clear
          </Button>
        )}
        <VerbButton action="review.decideMany" size="compact-sm" variant="default" onClick={() => onAsk("reject")}>
          Reject {these}
        </VerbButton>
        <VerbButton action="review.decideMany" size="compact-sm" variant="default" onClick={() => onAsk("approve")}>
          Approve {these}
        </VerbButton>
      </Group>
    </div>
  );
}
