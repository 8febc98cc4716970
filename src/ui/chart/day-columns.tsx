import type { ReactNode } from "react";
import { PlainLink } from "#/ui/address/plain-link.tsx";
import classes from "#/ui/chart/day-columns.module.css";

export type DayColumn = Readonly<{
  /** As 2026-11-01. */
  day: string;
  /** What the column is made of, from the top; `tone` is its colour. */
  parts: readonly Readonly<{ tone: "good" | "warn" | "bad" | "quiet" | "plain"; count: number }>[];
  /** The whole day in words. */
  words: string;
  href: string;
}>;

type Props = Readonly<{ caption: string; aside: ReactNode; label: string; days: readonly DayColumn[] }>;

export const COLUMNS_HEIGHT_PX = 44;
const LEAST_PX = 3;

/** A column a day, oldest first, each a link that says its day in words. */
export function DayColumns({ caption, aside, label, days }: Props) {
  const most = Math.max(1, ...days.map(sumOf));
  return (
    <figure className={classes["figure"]}>
      <figcaption className={classes["caption"]}>
        <span>{caption}</span>
        <span className="tabular">{aside}</span>
      </figcaption>
      <ol className={classes["strip"]} aria-label={label}>
        {days.map(({ day, parts, words, href }) => (
          <li key={day} className={classes["day"]}>
            <PlainLink href={href} className={classes["column"]} aria-label={words} title={words}>
              {parts.map(({ tone, count }) => (
                <span
                  key={tone}
                  className={classes["part"]}
                  data-tone={tone}
                  style={{
                    height: count === 0 ? 0 : Math.max(LEAST_PX, Math.round((count / most) * COLUMNS_HEIGHT_PX)),
                  }}
                />
              ))}
            </PlainLink>
          </li>
        ))}
      </ol>
    </figure>
  );
}

export function sumOf({ parts }: Pick<DayColumn, "parts">): number {
  return parts.reduce((total, { count }) => total + count, 0);
}
