import type { RatebookInputs, RatebookOutputs } from "#/client/ratebook-client.ts";

export type SyncDetail = RatebookOutputs["syncs"]["get"];
export type SyncSummary = RatebookOutputs["syncs"]["list"]["syncs"][number];
export type SyncStatus = SyncSummary["status"];
export type SourceLog = SyncDetail["log"][number];
export type SourceProgress = NonNullable<SyncDetail["progress"]>["sources"][string];
export type SourceView = RatebookOutputs["sources"]["add"];
export type SourceTest = RatebookOutputs["sources"]["test"];
export type ScheduleView = RatebookOutputs["schedules"]["list"]["schedules"][number];
export type SchedulePreview = RatebookOutputs["schedules"]["preview"];
export type GuardTrial = RatebookOutputs["sources"]["tryGuard"];
export type PricedOffer = RatebookOutputs["prices"]["get"]["offers"][number];
export type EffectivePrice = RatebookOutputs["prices"]["get"]["effective"][number];
export type ListedRate = RatebookOutputs["prices"]["list"]["rates"][number];
export type RateHistoryEntry = RatebookOutputs["prices"]["history"]["entries"][number];
export type RankOutcome = RatebookOutputs["sources"]["rank"];
export type RateCheck = RatebookOutputs["prices"]["verify"];
export type SellerView = RatebookOutputs["prices"]["sellers"]["sellers"][number];
export type ApiCharge = PricedOffer["charges"][number];
export type LockStatus = RatebookOutputs["lock"]["status"];
export type SourceKind = RatebookInputs["sources"]["add"]["kind"];

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
