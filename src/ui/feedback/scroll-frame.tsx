import type { CSSProperties, ReactNode } from "react";

type Props = Readonly<{ label: string; className?: string | undefined; style?: CSSProperties; children: ReactNode }>;

/** What scrolls inside the page, within reach of the keyboard. */
export function ScrollFrame({ label, children, ...frame }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div role="group" aria-label={label} tabIndex={0} {...frame}>
      {children}
    </div>
  );
}
