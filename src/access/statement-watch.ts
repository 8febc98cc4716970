import { AsyncLocalStorage } from "node:async_hooks";

export type StatementWatch = Readonly<{
  /** Notes when one of the statements fails; it fails as it did. */
  note: <T>(statements: () => Promise<T>) => Promise<T>;
  /** Runs a call of the auth library. Throws what one of its statements failed with, whatever the library made of it. */
  run: <T>(call: () => Promise<T>) => Promise<T>;
  /** The same object, with every one of its methods noted. */
  noteAll: <T extends object>(adapter: T) => T;
}>;

/**
 * The auth library answers a failed statement as if it had been something else: signing out "works" while the session
 * stays, and reading a session ends in an error without its cause. What has failed is noted per call, so that it is told.
 */
export function createStatementWatch(): StatementWatch {
  const calls = new AsyncLocalStorage<{ failure?: unknown }>();

  async function note<T>(statements: () => Promise<T>): Promise<T> {
    try {
      return await statements();
    } catch (error) {
      const call = calls.getStore();
      if (call !== undefined) call.failure ??= error;
      throw error;
    }
  }

  return {
    note,
    async run(call) {
      const noted: { failure?: unknown } = {};
      const result = await calls.run(noted, call).catch((error: unknown) => {
        throw noted.failure ?? error;
      });
      if (noted.failure !== undefined) throw noted.failure;
      return result;
    },
    noteAll: (adapter) =>
      new Proxy(adapter, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== "function") return method;
          return (...args: unknown[]) => note(async () => Reflect.apply(method, target, args) as unknown);
        },
      }),
  };
}
