import type { Logger } from "pino";
import type { Sql } from "postgres";
import { openDriver } from "#/platform/database.ts";

/** Payload ids only; whoever is woken reads the rows. `undefined` means "something may have been missed: read again". */
export type Listener = (payload: string | undefined) => void;

export type NotificationHub = Readonly<{
  subscribe: (channel: string, listener: Listener) => () => void;
  close: () => Promise<void>;
}>;

type Options = Readonly<{ url: string; channels: readonly string[]; log: Logger; heartbeatMs?: number }>;

const HEARTBEAT_CHANNEL = "ratebook_heartbeat";

/**
 * One LISTEN connection for the whole process. It notifies itself; when its own notification does not come back in
 * time the connection is taken for dead and made anew. After every (re)listen all listeners are told to read again,
 * and once per few heartbeats as well, so that nothing depends on a notification having arrived.
 */
export function openNotificationHub({ url, channels, log, heartbeatMs = 5_000 }: Options): NotificationHub {
  const listeners = new Map<string, Set<Listener>>(channels.map((channel) => [channel, new Set()]));
  let connection: Sql | undefined;
  let heardAt = 0;
  let beats = 0;
  let closed = false;

  function tell(channel: string, payload: string | undefined): void {
    for (const listener of listeners.get(channel) ?? []) listener(payload);
  }
  function tellAll(): void {
    for (const channel of channels) tell(channel, undefined);
  }

  async function connect(): Promise<void> {
    const fresh = openDriver(url, { max: 1, name: "listen", timeoutSeconds: 5 });
    connection = fresh;
    heardAt = performance.now();
    try {
      await fresh.listen(HEARTBEAT_CHANNEL, () => (heardAt = performance.now()), tellAll);
      for (const channel of channels) await fresh.listen(channel, (payload) => tell(channel, payload));
      tellAll();
    } catch (error) {
      if (!closed) log.warn({ err: error }, "notifications: could not listen, trying again");
    }
  }

  async function beat(): Promise<void> {
    beats += 1;
    if (beats % 2 === 0) tellAll();
    const current = connection;
    if (current !== undefined && performance.now() - heardAt <= heartbeatMs * 2.5) {
      await current.notify(HEARTBEAT_CHANNEL, "").catch(() => {});
      return;
    }
    log.warn("notifications: the connection is silent, connecting again");
    connection = undefined;
    void current?.end({ timeout: 0 }).catch(() => {});
    await connect();
  }

  let beating: Promise<void> = connect();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, heartbeatMs);

  return {
    subscribe(channel, listener) {
      const set = listeners.get(channel);
      if (set === undefined) throw new TypeError(`channel ${channel} is not listened to`);
      set.add(listener);
      return () => void set.delete(listener);
    },
    async close() {
      closed = true;
      clearInterval(timer);
      await connection?.end({ timeout: 1 });
    },
  };
}
