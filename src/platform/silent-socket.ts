import { connect, type Socket } from "node:net";

/** What the driver passes to the function that makes its sockets. */
type Target = Readonly<{ host: readonly string[]; port: readonly number[]; path?: string | false | undefined }>;

/**
 * Makes sockets that are closed after so long without a byte either way. Queries on them then fail, as on any closed
 * connection; without this they wait until the kernel gives up on a peer that has gone without a word, 15 minutes or more.
 * Hosts are tried in turn.
 */
export function createSocketOpener(silenceMs: number): (target: Target) => Socket {
  let turn = 0;
  return ({ host, port, path }) => {
    const at = turn % Math.max(1, host.length);
    turn += 1;
    const socket = path ? connect(path) : connect(port[at] ?? 5432, host[at]);
    return socket.setTimeout(silenceMs, () => socket.destroy());
  };
}
