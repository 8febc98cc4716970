import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * `black-hole` accepts and forwards nothing; `one-way` lets the client's bytes through and holds the answers back.
 * What is held back arrives late once the mode is `pass` again, as it does after a network's outage.
 */
export type FaultMode =
  | Readonly<{ kind: "pass" | "black-hole" | "one-way" | "reset" }>
  | Readonly<{ kind: "latency"; ms: number }>;

export type FaultProxy = Readonly<{
  port: number;
  /** For connections to come and, unless `comingOnly`, for those that are open. */
  setMode: (mode: FaultMode, comingOnly?: "comingOnly") => void;
  /** For the connections that are open now, and not for those to come. */
  setModeOfOpen: (mode: FaultMode) => void;
  openConnections: () => number;
  close: () => Promise<void>;
}>;

type Link = Readonly<{ setMode: (mode: FaultMode) => void; cut: () => void }>;

const PASS: FaultMode = { kind: "pass" };

/** A TCP proxy on a free port of loopback, in front of another port of loopback. The port is asked for at each connection. */
export async function openFaultProxy(targetPort: () => number): Promise<FaultProxy> {
  const links = new Set<Link>();
  let modeOfComing: FaultMode = PASS;
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const link = openLink(client, targetPort, () => links.delete(link));
    links.add(link);
    link.setMode(modeOfComing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  function setModeOfOpen(mode: FaultMode): void {
    for (const link of links) link.setMode(mode);
  }

  return {
    port: portOf(server.address()),
    setMode(mode, comingOnly) {
      modeOfComing = mode;
      if (comingOnly === undefined) setModeOfOpen(mode);
    },
    setModeOfOpen,
    openConnections: () => links.size,
    async close() {
      for (const link of links) link.cut();
      server.close();
      await once(server, "close");
    },
  };
}

function openLink(client: Socket, targetPort: () => number, onGone: () => void): Link {
  let upstream: Socket | undefined;
  let latencyMs = 0;
  let isCut = false;
  client.on("error", cut);
  client.on("close", cut);

  return { setMode, cut };

  function setMode(mode: FaultMode): void {
    if (isCut) return;
    if (mode.kind === "reset") return cut();
    latencyMs = mode.kind === "latency" ? mode.ms : 0;
    if (mode.kind === "black-hole") {
      client.pause();
      upstream?.pause();
      return;
    }
    upstream ??= openUpstream();
    client.resume();
    if (mode.kind === "one-way") upstream.pause();
    else upstream.resume();
  }

  function openUpstream(): Socket {
    const socket = connect({ host: "127.0.0.1", port: targetPort(), allowHalfOpen: true });
    socket.setNoDelay(true);
    client.setNoDelay(true);
    socket.on("error", cut);
    socket.on("close", cut);
    forward(client, socket);
    forward(socket, client);
    return socket;
  }

  /** In order, each piece as late as the mode said when it came. */
  function forward(from: Socket, to: Socket): void {
    let earlier = Promise.resolve();
    const inTurn = (deliver: () => void) => {
      const dueMs = performance.now() + latencyMs;
      const due = latencyMs === 0 ? earlier : earlier.then(() => sleep(Math.max(0, dueMs - performance.now())));
      earlier = due.then(deliver);
    };
    from.on("data", (piece: Buffer) => inTurn(() => void (to.writable && to.write(piece))));
    from.on("end", () => inTurn(() => to.end()));
  }

  function cut(): void {
    if (isCut) return;
    isCut = true;
    for (const socket of [client, upstream]) if (socket !== undefined) drop(socket);
    onGone();
  }
}

/** With a reset where that is possible; a socket that is being shut down refuses it and would stay open for ever. */
function drop(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the proxy does not listen on a port");
  return address.port;
}
