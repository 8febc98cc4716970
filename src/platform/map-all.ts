import pMap from "p-map";

type Options = Readonly<{ atOnce: number; signal: AbortSignal }>;

/**
 * Does `task` for every item, so many at once, and owns what it began: once the signal aborts or a task fails it begins
 * nothing more, aborts the signal that the others were given, and answers when the last of them has ended. Throws the
 * signal's reason, or else the first failure.
 */
export async function mapAll<T, R>(
  items: Iterable<T>,
  task: (item: T, signal: AbortSignal) => Promise<R>,
  { atOnce, signal }: Options,
): Promise<R[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const runTask = async (item: T) => {
    stop.throwIfAborted();
    try {
      return await task(item, stop);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  try {
    return await pMap(items, runTask, { concurrency: atOnce, stopOnError: false });
  } catch (error) {
    // The library's error is the list of all failures; most of them only say that they were stopped.
    signal.throwIfAborted();
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}
