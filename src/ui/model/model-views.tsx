"use client";

import { Anchor } from "@mantine/core";
import { usePathname, useSearchParams } from "next/navigation";
import type { MouseEvent, ReactNode } from "react";
import { LinkTabs } from "#/ui/shell/link-tabs.tsx";

export const VIEWS = [
  { view: "chart", label: "Price over time" },
  { view: "changes", label: "Changes" },
  { view: "calculator", label: "Calculator" },
  { view: "sellers", label: "Other sellers" },
  { view: "evidence", label: "Evidence" },
] as const;
export type View = (typeof VIEWS)[number]["view"];

/** Which view the address asks for: the chart where it asks for none that there is. */
export function readView(query: Readonly<{ get: (name: string) => string | null }>): View {
  return VIEWS.find(({ view }) => view === query.get("view"))?.view ?? "chart";
}

/** The parts of a model's page below the prices; each has an address of its own. */
export function ViewTabs({ current }: { current: View }) {
  const hrefOf = useViewHref();
  return (
    <LinkTabs
      label="Views of the model"
      tabs={VIEWS.map(({ view, label }) => ({ href: hrefOf(view), label }))}
      current={hrefOf(current)}
      onClick={showInPlace}
    />
  );
}

export function ViewLink({ view, children }: { view: View; children: ReactNode }) {
  const hrefOf = useViewHref();
  return (
    <Anchor size="xs" href={hrefOf(view)} onClick={showInPlace}>
      {children}
    </Anchor>
  );
}

function useViewHref(): (view: View) => string {
  const path = usePathname();
  const query = useSearchParams();
  return (view) => {
    const next = new URLSearchParams(query);
    if (view === "chart") next.delete("view");
    else next.set("view", view);
    return `${path}${next.size === 0 ? "" : `?${next.toString()}`}`;
  };
}

/** The page has the data already: the address changes without a trip to the server, and back works. */
function showInPlace(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState(null, "", event.currentTarget.href);
}
