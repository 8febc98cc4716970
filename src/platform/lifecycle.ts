type Closer = Readonly<{ name: string; close: () => Promise<unknown> | void }>;

export type Lifecycle = Readonly<{
  onClose: (name: string, close: Closer["close"]) => void;
  close: () => Promise<void>;
}>;

/** Closes in reverse order of opening, once. One closer's failure never skips the next; all are thrown together at the end. */
export function createLifecycle(): Lifecycle {
  const closers: Closer[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { name, close } of closers.toReversed()) {
      try {
        await close();
      } catch (cause) {
        failures.push(new Error(`could not close ${name}`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "shutdown was not clean");
  }

  return {
    onClose: (name, close) => void closers.push({ name, close }),
    close: () => (closing ??= closeAll()),
  };
}
