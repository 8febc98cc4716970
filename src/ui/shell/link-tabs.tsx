import Link from "next/link";
import type { MouseEvent } from "react";
import classes from "#/ui/shell/link-tabs.module.css";

type Props = Readonly<{
  /** Names them for a screen reader. */
  label: string;
  tabs: readonly Readonly<{ href: string; label: string }>[];
  current: string;
  onClick?: (event: MouseEvent<HTMLAnchorElement>) => void;
}>;

/** Parts of a page, each with an address of its own. */
export function LinkTabs({ label: name, tabs, current, onClick }: Props) {
  return (
    <nav aria-label={name} className={classes["tabs"]}>
      {tabs.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          prefetch={false}
          aria-current={href === current ? "page" : undefined}
          className={classes["tab"] ?? ""}
          {...(onClick && { onClick })}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
