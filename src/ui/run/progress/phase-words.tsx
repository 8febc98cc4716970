import { Text } from "@mantine/core";
import { bytesInWords } from "#/ui/feedback/count.model.ts";
import { OutcomeBadge } from "#/ui/run/run-badge.tsx";
import type { SourceProgress } from "#/ui/run/run-counts.model.ts";

/** How far one source is. */
export function PhaseWords({ progress }: { progress: SourceProgress }) {
  if (progress.phase === "done" && progress.outcome !== undefined) return <OutcomeBadge outcome={progress.outcome} />;
  return (
    <Text size="sm" c="dimmed" component="span" className="tabular" style={{ whiteSpace: "nowrap" }}>
      {describePhase(progress)}
    </Text>
  );
}

function describePhase({ phase, bytes, totalBytes }: SourceProgress): string {
  if (phase !== "fetching" || bytes === undefined) return phase;
  return `fetching, ${bytesInWords(bytes)}${totalBytes === undefined ? "" : ` of ${bytesInWords(totalBytes)}`}`;
}
