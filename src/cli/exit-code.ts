/** What a script can tell from: 0 only when the command did what was asked. */
export const EXIT = { ok: 0, failed: 1, partial: 2, unreachable: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
