import { accessRouter } from "#/api/access.ts";
import { alertsRouter } from "#/api/alerts.ts";
import { lockRouter } from "#/api/lock.ts";
import { pricesRouter } from "#/api/prices.ts";
import { schedulesRouter } from "#/api/schedules.ts";
import { sourcesRouter } from "#/api/sources.ts";
import { syncsRouter } from "#/api/syncs.ts";
import { reviewRouter } from "#/api/review.ts";
import { systemRouter } from "#/api/system.ts";
import { router } from "#/api/trpc.ts";

export const appRouter = router({
  syncs: syncsRouter,
  prices: pricesRouter,
  sources: sourcesRouter,
  review: reviewRouter,
  schedules: schedulesRouter,
  lock: lockRouter,
  alerts: alertsRouter,
  access: accessRouter,
  system: systemRouter,
});
export type AppRouter = typeof appRouter;
