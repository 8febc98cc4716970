import { Group, Paper, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useId } from "react";
import classes from "#/ui/feedback/panel.module.css";

type Props = Readonly<{ title: string; aside?: ReactNode; flush?: boolean; children: ReactNode }>;

/** A titled part of a page; `flush` lets a table reach its edges. */
export function Panel({ title, aside, flush = false, children }: Props) {
  const titleId = useId();
  return (
    <Paper component="section" withBorder aria-labelledby={titleId} className={classes["panel"] ?? ""}>
      <Group justify="space-between" className={classes["head"] ?? ""} wrap="nowrap">
        <Title order={2} size="sm" fw={650} id={titleId}>
          {title}
        </Title>
        {aside}
      </Group>
      <div className={flush ? classes["flush"] : classes["body"]}>{children}</div>
    </Paper>
  );
}
