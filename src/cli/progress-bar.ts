import type { SourceProgress, SyncDetail } from "#/cli/api-types.ts";
import { formatDuration } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import type { Output } from "#/cli/session.ts";

const PHASE_SHARE = { waiting: 0, fetching: 0.1, parsing: 0.6, applying: 0.8, done: 1 } as const;
const BAR_WIDTH = 20;
const USUAL_COLUMNS = 80;

/** Whole percent; 100 only when every source is done. The same rule as the server's. */
export function percentOf(progress: SyncDetail["progress"] | undefined): number {
  const sources = Object.values(progress?.sources ?? {});
  if (sources.length === 0) return 0;
  return Math.floor((sources.reduce((sum, source) => sum + shareOf(source), 0) / sources.length) * 100);
}

function shareOf({ phase, bytes, totalBytes }: SourceProgress): number {
  if (phase !== "fetching" || !totalBytes) return PHASE_SHARE[phase];
  return PHASE_SHARE.fetching + Math.min(1, (bytes ?? 0) / totalBytes) * (PHASE_SHARE.parsing - PHASE_SHARE.fetching);
}

export type BarState = Readonly<{
  status: string;
  progress: SyncDetail["progress"] | undefined;
  elapsedSeconds: number;
  reconnecting: boolean;
}>;

/** `[######--------------]  33%  4.2 s  openrouter fetching, litellm done`, cut to the terminal's width. */
export function formatBar(
  { status, progress, elapsedSeconds, reconnecting }: BarState,
  columns = USUAL_COLUMNS,
): string {
  const phases = Object.entries(progress?.sources ?? {}).map(
    ([name, source]) => `${printable(name)} ${source.outcome ?? source.phase}`,
  );
  const what = reconnecting ? "reconnecting…" : phases.length > 0 ? phases.join(", ") : status;
  return cut(`${drawBar(percentOf(progress))}  ${formatDuration(elapsedSeconds)}  ${what}`, columns);
}

/** The same for a file that is read; `share` is undefined when nobody knows how long it is. */
export function formatReading(
  { share, words, elapsedSeconds }: Readonly<{ share: number | undefined; words: string; elapsedSeconds: number }>,
  columns = USUAL_COLUMNS,
): string {
  const bar = share === undefined ? "" : `${drawBar(Math.floor(Math.min(1, share) * 100))}  `;
  return cut(`${bar}${formatDuration(elapsedSeconds)}  ${words}`, columns);
}

function drawBar(percent: number): string {
  const filled = Math.round((percent / 100) * BAR_WIDTH);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}] ${String(percent).padStart(3)}%`;
}

function cut(text: string, columns: number): string {
  const room = Math.max(1, columns - 1);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

export type BottomLine = Readonly<{
  show: (text: string) => void;
  /** Takes the line away so that others can be written in its place. */
  clear: () => void;
}>;

/** A line that is redrawn in place; does nothing when the output is not a terminal. */
export function createBottomLine(output: Output): BottomLine {
  let shown = false;
  if (output.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    show(text) {
      output.write(`\r\u001b[2K${text}`);
      shown = true;
    },
    clear() {
      if (shown) output.write("\r\u001b[2K");
      shown = false;
    },
  };
}
