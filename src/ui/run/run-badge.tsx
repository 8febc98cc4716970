import { Badge } from "@mantine/core";
import type { SourceProgress, SyncSummary } from "#/ui/run/run-counts.model.ts";

const STATUS = {
  queued: ["gray", "queued"],
  running: ["indigo", "running"],
  success: ["teal", "success"],
  partial: ["orange", "partial"],
  failed: ["red", "failed"],
  cancelled: ["gray", "cancelled"],
} as const satisfies Record<SyncSummary["status"], readonly [string, string]>;

const OUTCOME = {
  applied: ["teal", "applied"],
  unchanged: ["teal", "unchanged"],
  failed: ["red", "failed"],
  cancelled: ["gray", "cancelled"],
} as const satisfies Record<NonNullable<SourceProgress["outcome"]>, readonly [string, string]>;

type Props = Readonly<{ status: SyncSummary["status"]; cancelling?: boolean }>;

export function RunBadge({ status, cancelling = false }: Props) {
  const [color, words] = STATUS[status];
  return <WordBadge color={color} words={cancelling && status === "running" ? "stopping" : words} />;
}

export function OutcomeBadge({ outcome }: { outcome: NonNullable<SourceProgress["outcome"]> }) {
  const [color, words] = OUTCOME[outcome];
  return <WordBadge color={color} words={words} />;
}

export function WordBadge({ color, words }: { color: string; words: string }) {
  return (
    <Badge color={color} variant="light" tt="none" fw={550} radius="sm" fz={12} flex="none" miw="max-content">
      {words}
    </Badge>
  );
}
