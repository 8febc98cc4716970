import { isEnded, type SyncDetail, type SyncEvent, type SyncStatus } from "#/cli/api-types.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { followEvents, untilAnswered } from "#/cli/follow-events.ts";
import { createBottomLine, formatBar } from "#/cli/progress-bar.ts";
import type { Session } from "#/cli/session.ts";

const REDRAW_MS = 200;

type Input = Readonly<{
  jobId: string;
  /** Writes an event; the progress bar is out of the way then. */
  tell: (event: SyncEvent) => void;
  /** Whether a terminal shows a bar meanwhile. */
  bar: boolean;
}>;

/** Follows one sync from its beginning to its end. Throws like `followEvents`; a missing job is refused at once. */
export async function watchSync(session: Session, { jobId, tell, bar }: Input): Promise<SyncDetail> {
  const { client, io } = session;
  const first = await client.syncs.get.query({ jobId });
  const beganMs = performance.now() - (first.durationSeconds ?? 0) * 1_000;
  const bottom = createBottomLine(bar ? io.stderr : { write: () => undefined });
  let { status, progress } = first;
  let reconnecting = false;
  const draw = () => {
    const elapsedSeconds = (performance.now() - beganMs) / 1_000;
    if (!isEnded(status)) bottom.show(formatBar({ status, progress, elapsedSeconds, reconnecting }, io.stderr.columns));
  };
  const onOutage = (away: boolean) => {
    reconnecting = away;
    bottom.clear();
    session.say(away ? "The server is away: reconnecting…" : "Connected again.");
    draw();
  };

  const timer = setInterval(draw, REDRAW_MS);
  try {
    for await (const event of followEvents(session, { jobId, lastEventId: "0", onOutage })) {
      status = event.data.status;
      progress = event.data.progress ?? progress;
      bottom.clear();
      tell(event);
      draw();
    }
    return await untilAnswered(session, { onOutage, ask: () => client.syncs.get.query({ jobId }) });
  } catch (error) {
    bottom.clear();
    if (io.interrupted.aborted) session.say(`The sync goes on. Stop it with: ratebook sync cancel ${jobId}`);
    throw error;
  } finally {
    clearInterval(timer);
    bottom.clear();
  }
}

/**
 * Everybody's events from now on, until interrupted. "Now" is the newest event of the jobs that can still have new
 * ones, so that a connection lost before the first event loses nothing.
 */
export async function watchAll(session: Session, tell: (event: SyncEvent) => void): Promise<void> {
  const lastEventId = await findNewestEventId(session);
  const onOutage = (away: boolean) => session.say(away ? "The server is away: reconnecting…" : "Connected again.");
  for await (const event of followEvents(session, { lastEventId, onOutage })) tell(event);
}

async function findNewestEventId({ client }: Session): Promise<string> {
  const [active, newest] = await Promise.all([client.syncs.active.query(), client.syncs.list.query({ limit: 1 })]);
  const jobIds = new Set([...active.running, ...active.queued, ...newest.syncs].map(({ jobId }) => jobId));
  const details = await Promise.all([...jobIds].map((jobId) => client.syncs.get.query({ jobId })));
  return String(details.map(({ lastEventId }) => BigInt(lastEventId)).reduce((a, b) => (a > b ? a : b), 0n));
}

/** What a script learns of a sync's end. */
export function exitCodeOf(status: SyncStatus): ExitCode {
  if (status === "success") return EXIT.ok;
  return status === "partial" ? EXIT.partial : EXIT.failed;
}
