import type { JobProgress, SourceProgress } from "#/terms/progress.ts";

const PHASE_SHARE = { waiting: 0, fetching: 0.1, parsing: 0.6, applying: 0.8, done: 1 } as const;

/** Whole percent from what the sources have really done; 100 only when all are done. */
export function percentDone(progress: JobProgress | null): number {
  const sources = Object.values(progress?.sources ?? {});
  if (sources.length === 0) return 0;
  const share = sources.reduce((sum, source) => sum + shareDone(source), 0);
  return Math.floor((share / sources.length) * 100);
}

function shareDone(source: SourceProgress): number {
  if (source.phase !== "fetching" || !source.totalBytes) return PHASE_SHARE[source.phase];
  const received = Math.min(1, (source.bytes ?? 0) / source.totalBytes);
  return PHASE_SHARE.fetching + received * (PHASE_SHARE.parsing - PHASE_SHARE.fetching);
}
