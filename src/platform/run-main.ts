/** Errors that say all there is to say. */
const IN_WORDS: ReadonlySet<string> = new Set(["AppError", "ConfigError"]);

/** Runs a program. What goes wrong is told in words; with a stack only when it is none of our own errors. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${error instanceof Error && IN_WORDS.has(error.name) ? error.message : unexpected}\n`);
    process.exitCode = 1;
  });
}
