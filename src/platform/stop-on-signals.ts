/**
 * Stops on SIGTERM, SIGINT, and when the launcher that started this process is gone. A second signal forces. The exit
 * code is 0 only when the shutdown was clean.
 */
export function stopOnSignals(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `${error instanceof AggregateError ? error.errors.map(String).join("\n") : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (process.connected) process.once("disconnect", stop);
}
