"use client";

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

const COLUMNS: readonly Column<Outputs["system"]["retention"]["rules"][number]>[] = [
  { id: "what", head: "What", grows: true, cell: ({ what }) => what },
  { id: "kept", head: "Kept", cell: ({ days }) => (days === null ? "for ever" : countOf(days, "day")) },
  { id: "set-by", head: "Set by", grows: true, cell: ({ setBy }) => setBy },
];

/** How long everything is kept. */
export function RetentionPanel() {
  const retention = useQuery(useTRPC().system.retention.queryOptions());
  return (
    <Panel title="Retention" flush>
      <Text size="sm" c="dimmed" px={18} pb="xs">
        What is older is removed once an hour. These numbers can’t be changed here.
      </Text>
      <Loaded query={retention} failed="The retention could not be read" height={220}>
        {({ rules }) => <DataTable label="Retention" columns={COLUMNS} rows={rules} rowKey={({ what }) => what} />}
      </Loaded>
    </Panel>
  );
}
