import { z } from "zod";

/** An IANA zone that both JavaScript and Postgres know by this name. */
const timeZone = z
  .string()
  .max(64)
  // A browser may name its zone by an older name, which is in no list but known all the same.
  .refine(isTimeZone, { message: "a time zone such as UTC or Europe/Berlin" });

function isTimeZone(name: string): boolean {
  try {
    // An offset such as +01:00 is a zone to JavaScript too, but the other way round to Postgres.
    return /^[A-Za-z]/.test(new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return false;
  }
}

/** The last days, today included, by the calendar of a zone. */
export const lastDays = z.object({
  days: z.int().min(1).max(90).default(30),
  timeZone: timeZone.default("UTC"),
});
export type LastDays = z.infer<typeof lastDays>;
