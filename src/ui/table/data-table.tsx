"use client";

import { VisuallyHidden } from "@mantine/core";
import {
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
} from "@tanstack/react-table";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Fragment, useMemo, type CSSProperties, type ReactNode } from "react";
import classes from "#/ui/table/data-table.module.css";
import { useSort } from "#/ui/table/use-sort.ts";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});

export type Column<Row> = Readonly<{
  id: string;
  head: string;
  cell: (row: Row) => ReactNode;
  /** What its rows are sorted by; a column without it can't be sorted by. */
  sortBy?: (row: Row) => string | number;
  align?: "right";
  /** It gets the room that the others leave. */
  grows?: boolean;
}>;

type Props<Row> = Readonly<{
  /** Names the table for a screen reader. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Its order stands in the address under this name. */
  sortName?: string;
  /** What can be done with a row: at its end, or at the foot of its card. */
  verbs?: (row: Row) => ReactNode;
  /** A line of its own below a row: bad news, which must not be cut. */
  below?: (row: Row) => ReactNode;
}>;

/** The table of every list: rows where there is room for them, and a card for each row where there is not. */
export function DataTable<Row extends object>({
  label,
  columns,
  rows,
  rowKey,
  sortName = "sort",
  verbs,
  below,
}: Props<Row>) {
  const [sorting, toggleSort] = useSort(sortName);
  const definitions = useMemo(() => columns.map(defineColumn), [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const known = useMemo(
    () => sorting.filter(({ id }) => definitions.some((each) => each.id === id)),
    [sorting, definitions],
  );
  const table = useTable({ features, columns: definitions, data, getRowId: rowKey, state: { sorting: known } });
  const tracks = columns.map(({ grows }) => (grows ? "minmax(11rem, 1fr)" : "auto"));
  const style: CSSProperties & Record<"--tracks", string> = {
    "--tracks": [...tracks, ...(verbs === undefined ? [] : ["auto"])].join(" "),
  };
  return (
    <div className={classes["frame"]}>
      <div role="table" aria-label={label} className={classes["table"]} style={style}>
        <div role="rowgroup" className={classes["head"]}>
          <div role="row" className={classes["row"]}>
            {columns.map((column) => (
              <Head
                key={column.id}
                column={column}
                order={known.find(({ id }) => id === column.id)?.desc}
                onSort={() => toggleSort(column.id)}
              />
            ))}
            {verbs !== undefined && <VisuallyHidden role="columnheader">Actions</VisuallyHidden>}
          </div>
        </div>
        <div role="rowgroup" className={classes["body"]}>
          {table.getRowModel().rows.map(({ id, original }) => {
            const news = below?.(original);
            return (
              <Fragment key={id}>
                <div role="row" className={classes["row"]} data-followed={Boolean(news) || undefined}>
                  {columns.map((column) => (
                    <div
                      role="cell"
                      key={column.id}
                      className={classes["cell"]}
                      data-label={column.head}
                      data-align={column.align}
                      data-grows={column.grows}
                    >
                      {column.cell(original)}
                    </div>
                  ))}
                  {verbs !== undefined && (
                    <div role="cell" className={classes["verbs"]}>
                      {verbs(original)}
                    </div>
                  )}
                </div>
                {Boolean(news) && (
                  <div role="row" className={classes["below"]}>
                    <div role="cell" aria-colspan={columns.length + (verbs === undefined ? 0 : 1)}>
                      {news}
                    </div>
                  </div>
                )}
              </Fragment>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function defineColumn<Row extends object>({ id, head, sortBy }: Column<Row>): ColumnDef<typeof features, Row> {
  return { id, header: head, accessorFn: sortBy ?? (() => 0), enableSorting: sortBy !== undefined, sortFn: "basic" };
}

type HeadProps<Row> = Readonly<{
  column: Column<Row>;
  /** Whether the rows stand from the most to the least; undefined when they are not sorted by it. */
  order: boolean | undefined;
  onSort: () => void;
}>;

const ARIA_SORT = new Map([
  [true, "descending"],
  [false, "ascending"],
] as const);

function Head<Row>({ column: { head, align, sortBy }, order, onSort }: HeadProps<Row>) {
  const sorted = order === undefined ? undefined : ARIA_SORT.get(order);
  return (
    <div role="columnheader" className={classes["cell"]} data-align={align} aria-sort={sorted}>
      {sortBy === undefined ? (
        head
      ) : (
        <button type="button" className={classes["sort"]} onClick={onSort}>
          {head}
          {order === true && <IconArrowDown size={13} aria-hidden />}
          {order === false && <IconArrowUp size={13} aria-hidden />}
        </button>
      )}
    </div>
  );
}
