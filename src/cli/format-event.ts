import type { SourceProgress, SyncEvent } from "#/cli/api-types.ts";
import { formatClock } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";

export type EventLines = Readonly<{
  /** The lines an event is worth: none for a progress event that changed no phase. */
  linesOf: (event: SyncEvent) => string[];
}>;

/** Turns events into plain lines, once per phase; `showJob` names the job in front, for a watch of all. */
export function createEventLines({ showJob }: { showJob: boolean }): EventLines {
  const phases = new Map<string, SourceProgress["phase"]>();
  return {
    linesOf(event) {
      const told = event.kind === "progress" ? newPhases(phases, event) : [event.data.message];
      // A source's own event says that it is done; the phases it came through meanwhile are news no more.
      if (event.kind !== "progress") newPhases(phases, event);
      const prefix = `${formatClock(event.at)}  ${showJob ? `${event.jobId.slice(0, 8)}  ` : ""}`;
      return told.map((text) => `${prefix}${printable(text)}`);
    },
  };
}

function newPhases(phases: Map<string, SourceProgress["phase"]>, { jobId, data }: SyncEvent): string[] {
  const told: string[] = [];
  for (const [source, { phase }] of Object.entries(data.progress?.sources ?? {})) {
    const key = `${jobId} ${source}`;
    if (phases.get(key) === phase) continue;
    phases.set(key, phase);
    if (phase !== "waiting" && phase !== "done") told.push(`${source}: ${phase}`);
  }
  return told;
}
