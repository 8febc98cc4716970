import type { Logger } from "pino";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";

export type AlertDeps = Readonly<{
  db: Db;
  deliveries: Pick<Queue, "send">;
  /** `AUTH_SECRET`, or the one in the data folder: addresses and signing secrets are sealed with it. */
  secret: string;
  allowPrivateNetwork: boolean;
  /** Where people open the dashboard; without it a message has no link. */
  publicUrl: string | undefined;
  log: Logger;
}>;
