"use client";

import { Button, Code, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useTRPC, type Inputs, type Outputs } from "#/ui/trpc.tsx";

type Unit = Outputs["sources"]["kind"]["units"][number];

const SHOWN = 10;

const COLUMNS: readonly Column<Unit>[] = [
  { id: "field", head: "Field", grows: true, cell: ({ field }) => <Code>{field}</Code> },
  { id: "meter", head: "Meter", cell: ({ meter }) => meter },
  { id: "measure", head: "Unit", cell: ({ measure }) => measure },
];

/** The unit of every price field that a kind reads; a field that is not in the list is refused, never guessed. */
export function UnitsPanel({ kind }: Inputs["sources"]["kind"]) {
  const described = useQuery(useTRPC().sources.kind.queryOptions({ kind }));
  const [isAll, setIsAll] = useState(false);
  return (
    <Panel title="Units of its price fields" flush>
      <Loaded query={described} failed="The units could not be read" height={200}>
        {({ title, units, zeroRule }) => (
          <>
            <Text size="sm" px={18} pb="xs" c="dimmed">
              {title}: {countOf(units.length, "field is", "fields are")} read. A price field that is not listed here is
              refused. {zeroRule}
            </Text>
            <DataTable
              label="Units"
              columns={COLUMNS}
              rows={isAll ? units : units.slice(0, SHOWN)}
              rowKey={({ field, meter, measure }) => `${field} ${meter} ${measure}`}
            />
            {units.length > SHOWN && !isAll && (
              <Group justify="center" p="sm">
                <Button variant="subtle" onClick={() => setIsAll(true)}>
                  Show all {units.length} fields
                </Button>
              </Group>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
