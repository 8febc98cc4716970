import type { ApiInputs, ApiOutputs } from "#/cli/ratebook-client.ts";

export type SyncDetail = ApiOutputs["syncs"]["get"];
export type SyncSummary = ApiOutputs["syncs"]["list"]["syncs"][number];
export type SyncStatus = SyncSummary["status"];
export type SourceLog = SyncDetail["log"][number];
export type SourceProgress = NonNullable<SyncDetail["progress"]>["sources"][string];
export type SourceView = ApiOutputs["sources"]["list"]["sources"][number];
export type SourceTest = ApiOutputs["sources"]["test"];
export type ScheduleView = ApiOutputs["schedules"]["list"]["schedules"][number];
export type SchedulePreview = ApiOutputs["schedules"]["preview"];
export type GuardTrial = ApiOutputs["sources"]["tryGuard"];
export type PricedOffer = ApiOutputs["prices"]["get"]["offers"][number];
export type EffectivePrice = ApiOutputs["prices"]["get"]["effective"][number];
export type ListedOffer = ApiOutputs["prices"]["list"]["offers"][number];
export type ApiCharge = PricedOffer["charges"][number];
export type LockStatus = ApiOutputs["lock"]["status"];
export type SourceKind = ApiInputs["sources"]["add"]["kind"];

/** An event as it comes out of `syncs.watch`. */
export type SyncEvent = Readonly<{
  id: string;
  jobId: string;
  at: string;
  kind: "queued" | "started" | "progress" | "source" | "cancelling" | "requeued" | "ended";
  data: Readonly<{
    message: string;
    status: SyncStatus;
    progress?: SyncDetail["progress"] | undefined;
    source?: string | undefined;
    attempt?: number | undefined;
  }>;
}>;

/** No state follows these. */
export function isEnded(status: SyncStatus): boolean {
  return status !== "queued" && status !== "running";
}
