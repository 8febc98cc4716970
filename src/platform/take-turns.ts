import { setImmediate } from "node:timers/promises";

type Options = Readonly<{
  /** How long to work before others may. */
  turnMs?: number;
  now?: () => number;
}>;

/**
 * For work that would hold up the process: `await` the answer between its pieces. When a turn is over it lets everything
 * else that waits go first, else it goes on at once.
 */
export function takeTurns({ turnMs = 10, now = () => performance.now() }: Options = {}): () => Promise<void> {
  let began = now();
  return async () => {
    if (now() - began < turnMs) return;
    await setImmediate();
    began = now();
  };
}
