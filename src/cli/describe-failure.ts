import { type FailureKind, RatebookError } from "#/client/ratebook-error.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";

export type Failure = Readonly<{ kind: FailureKind; message: string; exitCode: ExitCode }>;

/** A failure of the command itself, in words for people. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

const WHERE_TO_LOOK = { apiKey: "set RATEBOOK_API_KEY", url: "check RATEBOOK_URL or --url" } as const;

/** Puts whatever a command threw into one line, with the setting that may be wrong. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CliError) return { kind: "refused", message: error.message, exitCode: error.exitCode };
  if (!(error instanceof RatebookError)) {
    const message = error instanceof Error ? error.message : String(error);
    return refused(`Something went wrong in the ratebook command: ${message.replaceAll(/\s*\n\s*/g, "; ")}`);
  }
  const { kind, check } = error;
  const message = check === undefined ? error.message : `${error.message} (${WHERE_TO_LOOK[check]})`;
  return kind === "unreachable" ? { kind, message, exitCode: EXIT.unreachable } : { ...refused(message), kind };
}

function refused(message: string): Failure {
  return { kind: "refused", message, exitCode: EXIT.failed };
}
