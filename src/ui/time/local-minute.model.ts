const MINUTE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The instant (ISO 8601, UTC) of a minute that was typed in the reader's zone: "2026-12-31T18:00". Undefined for no minute. */
export function instantOfLocalMinute(minute: string): string | undefined {
  if (!MINUTE.test(minute)) return undefined;
  // A text without a zone is read in the zone of the browser.
  const at = new Date(minute);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The minute of an instant in the reader's zone, as an input of the kind `datetime-local` holds it. */
export function localMinuteOf(instant: string): string {
  const at = new Date(instant);
  const date = [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join("-");
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The name of the reader's zone: "America/Los_Angeles". */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function pad(part: number): string {
  return String(part).padStart(2, "0");
}
