"use client";

import type { ReactNode } from "react";
import type { Action } from "#/terms/role-table.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { useRefusal } from "#/ui/may/use-may.ts";

type Props = Readonly<{ action: Action; title: string; children: ReactNode }>;

/** A section for those who may do an action; the others are told which role it needs. */
export function Restricted({ action, title, children }: Props) {
  const refusal = useRefusal(action);
  if (refusal === undefined) return children;
  return (
    <Panel title={title}>
      <EmptyNote title="You can’t see this">{refusal}</EmptyNote>
    </Panel>
  );
}
