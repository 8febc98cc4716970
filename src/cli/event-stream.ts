import type { SyncDetail, SyncEvent } from "#/cli/api-types.ts";
import type { RatebookClient } from "#/client/ratebook-client.ts";

export type StreamMessage =
  | Readonly<{ type: "connected" }>
  | Readonly<{ type: "event"; event: SyncEvent }>
  | Readonly<{ type: "polled"; detail: SyncDetail }>
  /** The last message of a stream that did not come to its end. */
  | Readonly<{ type: "broken"; error: unknown }>;

type Input = Readonly<{
  client: RatebookClient;
  jobId: string | undefined;
  lastEventId: string;
  pollMs: number;
  signal: AbortSignal;
}>;

/**
 * One connection to `syncs.watch`, and beside it the job's state every `pollMs`, in case the stream is silent for a
 * reason of its own. Does not connect again: whoever reads it does, and knows where it got to. Closes on the signal.
 */
export function openEventStream({ client, jobId, lastEventId, pollMs, signal }: Input): ReadableStream<StreamMessage> {
  let release = () => {};
  return new ReadableStream<StreamMessage>({
    start(controller) {
      let open = true;
      const close = () => {
        if (!open) return;
        release();
        controller.close();
      };
      const tell = (message: StreamMessage) => {
        if (open) controller.enqueue(message);
      };
      const fail = (error: unknown) => {
        tell({ type: "broken", error });
        close();
      };
      const subscription = client.syncs.watch.subscribe(
        { ...(jobId === undefined ? {} : { jobId }), lastEventId },
        {
          onStarted: () => tell({ type: "connected" }),
          onData: ({ data }) => tell({ type: "event", event: data }),
          onConnectionStateChange: (state) => {
            if (state.state === "connecting" && state.error !== null) fail(state.error);
          },
          onError: fail,
          onComplete: close,
        },
      );
      const timer = setInterval(() => void poll(), pollMs);
      signal.addEventListener("abort", close, { once: true });
      release = () => {
        open = false;
        clearInterval(timer);
        signal.removeEventListener("abort", close);
        subscription.unsubscribe();
      };
      if (signal.aborted) close();

      async function poll() {
        if (jobId === undefined) return;
        try {
          tell({
            type: "polled",
            detail: await client.syncs.get.query({ jobId }, { signal: AbortSignal.timeout(10_000) }),
          });
        } catch (error) {
          fail(error);
        }
      }
    },
    cancel() {
      release();
    },
  });
}
