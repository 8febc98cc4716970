import type { BrowserContext } from "playwright";
import { openPage } from "./pages.ts";

/** What the tasks of a page's main thread take beyond 50 ms each while it loads, in ms, as Lighthouse counts it. */
export type Blocking = Readonly<{
  /** By the clock, which also runs while something else has the processor. */
  elapsedMs: number;
  /** In processor time of the thread itself. */
  processorMs: number;
}>;

/** Times are in µs; `tdur` is processor time. https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
type TraceEvent = Readonly<{
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: Readonly<{ name?: string }>;
}>;

const TASK = "RunTask";
const LONG_MS = 50;
const SETTLED_MS = 2_000;

/** Loads a page in a tab of its own, and answers how long it could not have answered a click. */
export async function measureBlocking(context: BrowserContext, url: string): Promise<Blocking> {
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    const events: TraceEvent[] = [];
    session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
    await session.send("Tracing.start", {
      transferMode: "ReportEvents",
      traceConfig: { includedCategories: ["disabled-by-default-devtools.timeline"], excludedCategories: ["*"] },
    });
    await openPage(page, url);
    await page.waitForTimeout(SETTLED_MS);
    const isComplete = new Promise<void>((resolve) => {
      session.once("Tracing.tracingComplete", () => resolve());
    });
    await session.send("Tracing.end");
    await isComplete;
    return sumOf(events);
  } finally {
    await page.close();
  }
}

function sumOf(events: readonly TraceEvent[]): Blocking {
  const place = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const mains = new Set(
    events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(place),
  );
  const tasks = events.filter((event) => event.name === TASK && mains.has(place(event)));
  if (tasks.length === 0) throw new Error("the browser's trace has no tasks of the page");
  const beyond = (of: (task: TraceEvent) => number | undefined) =>
    tasks.reduce((total, task) => total + Math.max(0, (of(task) ?? 0) / 1_000 - LONG_MS), 0);
  return { elapsedMs: beyond(({ dur }) => dur), processorMs: beyond(({ tdur }) => tdur) };
}
