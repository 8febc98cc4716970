export {
  createRatebookClient,
  type ClientOptions,
  type RatebookClient,
  type RatebookInputs,
  type RatebookOutputs,
} from "#/client/ratebook-client.ts";
export { RatebookError, type FailureKind } from "#/client/ratebook-error.ts";
export type { ReplicaCharge, ReplicaRate } from "#/client/replica-rate.ts";
export type { ReplicaQuote } from "#/client/replica-quote.ts";
export { openReplica, type Replica, type ReplicaOptions, type ReplicaRequest } from "#/client/replica.ts";
export type { ConnectionState, SubscriptionHandlers } from "#/client/subscribe.ts";
