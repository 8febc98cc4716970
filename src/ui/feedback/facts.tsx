import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "#/ui/feedback/facts.module.css";

export type Fact = Readonly<{ name: string; value: ReactNode }>;

/** Names and values in a row that wraps. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(({ name, value }) => (
        <div key={name} className={classes["fact"]}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} className="tabular" style={{ overflowWrap: "anywhere" }}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}
