import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { shownColumns } from "#/ui/prices/price-columns.model.ts";
import type { PriceSort } from "#/ui/prices/price-filter.model.ts";
import classes from "#/ui/prices/rate-list.module.css";

export type Sorting = Readonly<{ sort: PriceSort; isDescending: boolean; onSort: (by: PriceSort) => void }>;

type Props = Sorting & Readonly<{ columns: ReturnType<typeof shownColumns> }>;

/** The headings, each of which sorts the list. */
export function ListHead({ columns, sort, isDescending, onSort }: Props) {
  return (
    <div role="rowgroup" className={classes["head"]}>
      <div role="row" aria-rowindex={1} className={classes["row"]}>
        <span role="columnheader">
          <VisuallyHidden>Compare</VisuallyHidden>
        </span>
        {columns.map(({ id, head, unit, align }) => (
          <span
            key={id}
            role="columnheader"
            aria-sort={sort !== id ? "none" : isDescending ? "descending" : "ascending"}
            data-align={align}
          >
            <UnstyledButton className={classes["sort"] ?? ""} onClick={() => onSort(id)}>
              {head} {sort === id && <span aria-hidden>{isDescending ? "↓" : "↑"}</span>}
              {unit !== undefined && <span className={classes["unit"]}>{unit}</span>}
            </UnstyledButton>
          </span>
        ))}
      </div>
    </div>
  );
}
