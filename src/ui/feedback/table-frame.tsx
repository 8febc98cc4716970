import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "#/ui/feedback/table-frame.module.css";

/** A table that scrolls sideways inside its own frame, by keyboard too, and never moves the page. */
export function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a frame that scrolls must be reachable by keyboard
    <div className={classes["frame"]} role="group" aria-label={label} tabIndex={0}>
      <Table className={classes["table"] ?? ""} verticalSpacing={9} horizontalSpacing={18}>
        {children}
      </Table>
    </div>
  );
}
