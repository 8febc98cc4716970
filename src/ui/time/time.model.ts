const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** "just now", "4 min ago", "2 days ago". An instant in the future by a skewed clock is "just now". */
export function describeAge(seconds: number): string {
  if (seconds < 5) return "just now";
  return `${describeSpan(seconds)} ago`;
}

/** "now", "in 42 s", "in 3 h", rounded down. An instant that has passed by a skewed clock is "now". */
export function describeWait(seconds: number): string {
  if (seconds < 1) return "now";
  return `in ${describeSpan(seconds)}`;
}

/** One unit, whole: "42 s", "4 min", "3 h", "2 days". */
export function describeSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h`;
  const days = Math.floor(whole / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

/** How long something took or has taken: "42 ms", "1.4 s", "12 s", "3 min 05 s", "2 h 04 min". Never negative. */
export function describeDuration(seconds: number): string {
  const positive = Math.max(0, seconds);
  if (positive < 1) return `${Math.floor(positive * 1_000)} ms`;
  if (positive < 10) return `${positive.toFixed(1)} s`;
  const whole = Math.floor(positive);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${pad(whole % MINUTE)} s`;
  return `${Math.floor(whole / HOUR)} h ${pad(Math.floor((whole % HOUR) / MINUTE))} min`;
}

/** The same for something that still goes on: whole seconds, so that it doesn't flicker. */
export function describeElapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 10 ? `${whole} s` : describeDuration(whole);
}

function pad(count: number): string {
  return String(count).padStart(2, "0");
}

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayAndTime = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** In the reader's zone, to the second, with the zone's name. */
export function exactInstant(iso: string): string {
  return exact.format(new Date(iso));
}

const inUtc = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

/** To the second: "1 Aug 2026, 12:00:00 UTC". */
export function utcInstant(iso: string): string {
  return `${inUtc.format(new Date(iso))} UTC`;
}

export function clockTime(iso: string): string {
  return clock.format(new Date(iso));
}

const comingDay = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** In the reader's zone, to the minute: "Wed 25 Nov 2026, 07:00". */
export function comingInstant(iso: string): string {
  return comingDay.format(new Date(iso)).replace(",", "");
}

/** A tick of a time axis that spans so many ms. */
export function axisTime(at: number, spanMs: number): string {
  return spanMs < 3 * DAY * 1_000 ? dayAndTime.format(at) : day.format(at);
}
