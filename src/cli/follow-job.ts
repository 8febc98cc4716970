import type { SyncEvent } from "#/cli/api-types.ts";
import type { ExitCode } from "#/cli/exit-code.ts";
import { createEventLines } from "#/cli/format-event.ts";
import { formatResult } from "#/cli/format-result.ts";
import { formatSync } from "#/cli/format-sync.ts";
import type { Session } from "#/cli/session.ts";
import { exitCodeOf, watchSync } from "#/cli/watch-sync.ts";

/** Follows a queued job to its end, prints what it came to, and answers how it ended. */
export async function followJob(session: Session, jobId: string): Promise<ExitCode> {
  const lines = createEventLines({ showJob: false });
  const tell = (event: SyncEvent) => {
    for (const line of lines.linesOf(event)) session.say(line);
  };
  const detail = await watchSync(session, { jobId, tell, bar: true });
  session.print(
    detail,
    () => `${formatSync(detail, session.paint, session.width)}${formatResult(detail, session.width)}`,
  );
  return exitCodeOf(detail.status);
}
