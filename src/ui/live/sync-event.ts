import type { Outputs } from "#/ui/trpc.tsx";

type Tracked = Outputs["syncs"]["watch"] extends AsyncIterable<infer Item> ? Item : never;
export type SyncEvent = Tracked extends { data: infer Data }
  ? Data
  : Tracked extends readonly [string, infer Data, unknown]
    ? Data
    : never;
