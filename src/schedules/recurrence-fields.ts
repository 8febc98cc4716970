import { z } from "zod";
import { AppError } from "#/platform/errors.ts";

const WEEKDAY = "MO|TU|WE|TH|FR|SA|SU";

/** Every part of an RRULE that we take, with what it may hold. */
const numbers = (low: number, high: number, most: number, { signed = false } = {}) =>
  z
    .string()
    .regex(signed ? /^[+-]?\d{1,3}(?:,[+-]?\d{1,3})*$/ : /^\d{1,4}(?:,\d{1,4})*$/, "whole numbers with commas between")
    .transform((text) => text.split(",").map(Number))
    .refine((all) => all.length <= most, `at most ${most} numbers`)
    .refine(
      (all) => all.every((one) => Math.abs(one) >= low && Math.abs(one) <= high),
      `numbers from ${low} to ${high}`,
    );
const one = (low: number, high: number) => numbers(low, high, 1).transform(([value = low]) => value);

const parts = z.strictObject({
  FREQ: z.enum(["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"], {
    error: "HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY",
  }),
  INTERVAL: one(1, 1_000).optional(),
  COUNT: one(1, 1_000).optional(),
  UNTIL: z.string().optional(),
  WKST: z
    .string()
    .regex(new RegExp(`^(?:${WEEKDAY})$`), "a weekday such as MO")
    .optional(),
  BYMONTH: numbers(1, 12, 12).optional(),
  BYMONTHDAY: numbers(1, 31, 31, { signed: true }).optional(),
  BYYEARDAY: numbers(1, 366, 31, { signed: true }).optional(),
  BYWEEKNO: numbers(1, 53, 53, { signed: true }).optional(),
  BYDAY: z
    .string()
    .regex(
      new RegExp(`^(?:[+-]?\\d{0,2}(?:${WEEKDAY}))(?:,[+-]?\\d{0,2}(?:${WEEKDAY})){0,13}$`),
      "weekdays such as MO,WE,2FR",
    )
    .optional(),
  BYHOUR: numbers(0, 23, 24).optional(),
  BYMINUTE: numbers(0, 59, 60).optional(),
  BYSETPOS: numbers(1, 366, 4, { signed: true }).optional(),
});
export type RecurrenceFields = z.infer<typeof parts>;

/** The parts of `FREQ=…;…`, each within its limits. Throws `INVALID` with the part that is wrong. */
export function readFields(text: string): { fields: RecurrenceFields; asText: Readonly<Record<string, string>> } {
  const pairs = text
    .split(";")
    .filter((part) => part !== "")
    .map((part): [string, string] => {
      const [, name, value] = /^([A-Z]{1,12})=([^=]{1,300})$/.exec(part) ?? [];
      if (name === undefined || value === undefined)
        refuse(`"${part.slice(0, 40)}" is no part; write it as NAME=value`);
      return [name, value];
    });
  const asText = Object.fromEntries(pairs);
  if (Object.keys(asText).length < pairs.length) refuse("one part is given twice");
  const { success, data, error } = parts.safeParse(asText);
  if (success) return { fields: data, asText };
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys") return refuse(`it has no use for ${issue.keys.join(", ")}`);
  return refuse(`${issue?.path.join(".") ?? "it"}: ${issue?.message ?? "can't be read"}`);
}

/** Throws `INVALID` about the whole rule. */
export function refuse(why: string, cause?: unknown): never {
  throw new AppError("INVALID", `The RRULE can't be used: ${why}`, { cause });
}
