export {
  createRatebookClient,
  type ClientOptions,
  type RatebookClient,
  type RatebookInputs,
  type RatebookOutputs,
} from "#/client/ratebook-client.ts";
export { RatebookError, type FailureKind } from "#/client/ratebook-error.ts";
export type { ConnectionState, SubscriptionHandlers } from "#/client/subscribe.ts";
