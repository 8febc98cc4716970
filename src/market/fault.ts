import { z } from "zod";
import { FEEDS } from "#/market/feed.ts";

const percent = z.number().min(0).max(100);

/** `times`: for how many requests; without it, until cleared. */
const target = { feed: z.enum(FEEDS), times: z.int().positive().optional() };

/** What can go wrong with one feed, as `POST /market/faults` takes it. */
export const faultRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...target, kind: z.literal("status"), status: z.int().min(200).max(599) }),
  z.strictObject({ ...target, kind: z.literal("rate-limit"), retryAfterSeconds: z.int().min(0).default(30) }),
  z.strictObject({ ...target, kind: z.literal("delay"), delayMs: z.int().min(0).max(600_000) }),
  z.strictObject({ ...target, kind: z.literal("drip"), bytesPerSecond: z.int().positive() }),
  z.strictObject({ ...target, kind: z.literal("truncate"), keepPercent: percent.default(60) }),
  z.strictObject({ ...target, kind: z.literal("html") }),
  z.strictObject({ ...target, kind: z.literal("wrong-root") }),
  z.strictObject({ ...target, kind: z.literal("empty") }),
  z.strictObject({ ...target, kind: z.literal("half"), keepPercent: percent.default(45) }),
  z.strictObject({ ...target, kind: z.literal("reset"), keepPercent: percent.default(50) }),
  z.strictObject({ ...target, kind: z.literal("redirect-loop") }),
  z.strictObject({
    ...target,
    kind: z.literal("redirect"),
    location: z.string().min(1),
    status: z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]).default(302),
  }),
  z.strictObject({ ...target, kind: z.literal("too-big"), mebibytes: z.int().min(1).max(4096).default(66) }),
  z.strictObject({ ...target, kind: z.literal("gzip-bomb"), mebibytes: z.int().min(1).max(4096).default(310) }),
  z.strictObject({ ...target, kind: z.literal("bad-entries") }),
]);

/** As a caller writes it: defaults may be left out. */
export type FaultInput = z.input<typeof faultRequestSchema>;
export type Fault = z.output<typeof faultRequestSchema>;
