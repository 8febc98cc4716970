import { Piscina } from "piscina";
import type { BookMark } from "#/book/book-mark.ts";
import { AppError } from "#/platform/errors.ts";
import type { BuiltExport } from "#/serve/build-export.ts";
import type { ReadFrom } from "#/serve/past-reader.ts";
import type { ExportAsked } from "#/serve/write-export.ts";

export type ExportStore = Readonly<{
  /** The present document of a format: built once for a book and its documents, whoever asks for it how often. */
  present: (asked: Omit<ExportAsked, "at" | "filter">, mark: BookMark) => Promise<BuiltExport>;
  /** The document of an instant, or of a filtered list, built anew, also out of another database. Throws `UNAVAILABLE` when too many wait to be built. */
  past: (asked: ExportAsked, from?: ReadFrom) => Promise<BuiltExport>;
  close: () => Promise<void>;
}>;

type Kept = Readonly<{ mark: string; built: Promise<BuiltExport> }>;

/** An idle thread ends after this time. */
const IDLE_MS = 60_000;

/** How many documents may wait for the thread, and how many when one of the past is asked for: the present comes first. */
const MOST_WAITING = { present: 64, past: 16 } as const;
const RETRY_AFTER_SECONDS = 5;

/**
 * Builds and compresses exports in a thread of their own, which reads the book over a connection of its own: a document of
 * thousands of models takes longer than any other request may wait.
 */
export function openExportStore({ databaseUrl }: Readonly<{ databaseUrl: string }>): ExportStore {
  const thread = new Piscina<Readonly<{ databaseUrl: string; asked: ExportAsked }> | undefined, BuiltExport>({
    filename: new URL("build-export.ts", import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    maxQueue: MOST_WAITING.present,
    idleTimeout: IDLE_MS,
  });
  // Whoever starts this process again is waited for. One that could not load is made anew when it is needed, and says why.
  thread.run(undefined, { name: "warmUp" }).catch(() => {});
  const build = async (asked: ExportAsked, most: number, url = databaseUrl) => {
    if (thread.queueSize >= most)
      throw new AppError("UNAVAILABLE", "Too many exports are waiting to be built. Ask again", {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    return thread.run({ databaseUrl: url, asked });
  };
  const kept = new Map<string, Kept>();
  return {
    present(asked, { mark, documents, facts }) {
      const name = JSON.stringify([asked.format, asked.add]);
      const wanted = `${mark} ${documents} ${facts}`;
      const there = kept.get(name);
      if (there?.mark === wanted) return there.built;
      const fresh = { mark: wanted, built: build(asked, MOST_WAITING.present) };
      kept.set(name, fresh);
      // One that could not be built is built anew for the next who asks.
      fresh.built.catch(() => {
        if (kept.get(name) === fresh) kept.delete(name);
      });
      return fresh.built;
    },
    past: (asked, from) => build(asked, MOST_WAITING.past, from?.url),
    close: () => thread.destroy(),
  };
}
