import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { forgetOldDeliveries } from "#/alerts/deliveries.ts";
import { raiseAlerts } from "#/alerts/raise-alerts.ts";
import { areSignalsReady } from "#/alerts/take-signals.ts";
import type { Chore } from "#/platform/chores.ts";
import type { Queue } from "#/platform/queue.ts";

type Deps = AlertDeps & Readonly<{ deliveries: Pick<Queue, "isWaiting" | "wake"> }>;

/** Notices what somebody is to be told, and when it is time to send it. Every process does it. */
export function alertChores(deps: Deps): Chore[] {
  return [
    { name: "alerts", due: areSignalsReady, run: () => raiseAlerts(deps) },
    // A hold time passes and a source turns stale without a signal.
    { name: "lasting alerts", everyMs: 30_000, run: () => raiseAlerts(deps) },
    // An attempt that waited for its time tells nobody that it has come.
    { name: "look at the deliveries", due: deps.deliveries.isWaiting, run: async () => deps.deliveries.wake() },
    { name: "old webhook deliveries", everyMs: 3_600_000, run: () => forgetOldDeliveries(deps.db) },
  ];
}
