import { connect, isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { isSocketFolder, type DatabaseTarget } from "#/platform/database-url.ts";

/** Length 8 and the number that the protocol has for "may we speak TLS?". */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

export const TLS_NOT_OFFERED = "TLS_NOT_OFFERED";

/**
 * A setting of the driver "postgres" that makes the first message on a connection so long that it is sent at once. A connection
 * that breaks while a statement is about to be sent would otherwise wait for ever to send it, and every later use of it too:
 * its timer is cancelled and never set again (3.4.9, `closed` in src/connection.js). The server is sent neither this nor the
 * statement.
 */
export const STARTUP_PADDING = { padding: "x".repeat(1_024) };
const PADDING = Buffer.from(`padding\0${STARTUP_PADDING.padding}\0`);
/** Before it stands the message's length, in four bytes. */
const PROTOCOL_3 = Buffer.from([0, 3, 0, 0]);

type Options = Readonly<{
  /** Closed after so long without a byte either way. Never when absent. */
  silenceMs?: number | undefined;
}>;

/**
 * A socket to a Postgres server on which TLS is already settled, with libpq's meaning of `sslmode`. Both drivers write to it
 * as to a plain socket: each has its own idea of TLS, neither falls back as `prefer` does, and one hides a refusal.
 *
 * Queries on a socket that was silent for too long fail, as on any closed one; without this they wait until the kernel
 * gives up on a peer that has gone without a word, 15 minutes or more.
 */
export class ServerSocket extends Duplex {
  readonly #target: DatabaseTarget;
  readonly #silenceMs: number | undefined;
  #wire: Socket | undefined;
  #isReady = false;
  #hasSpoken = false;
  #whenReady: (() => void) | undefined;

  constructor(target: DatabaseTarget, { silenceMs }: Options = {}) {
    // It tells its closing itself, with the flag that `net.Socket` gives.
    super({ allowHalfOpen: false, emitClose: false });
    this.#target = target;
    this.#silenceMs = silenceMs;
  }

  /** One driver calls it with the place that the target names already. */
  connect(): this {
    const { host, sslMode } = this.#target;
    // The other end of a Unix socket is this machine; libpq too speaks no TLS there.
    this.#dial(sslMode !== "disable" && !isSocketFolder(host));
    return this;
  }

  get readyState(): string {
    if (this.destroyed || this.#wire === undefined) return "closed";
    return this.#isReady ? this.#wire.readyState : "opening";
  }

  setKeepAlive(enable: boolean, delayMs: number): this {
    this.#wire?.setKeepAlive(enable, delayMs);
    return this;
  }
  /** It never waits to gather bytes, so there is nothing to set. */
  setNoDelay(): this {
    return this;
  }
  ref(): this {
    this.#wire?.ref();
    return this;
  }
  unref(): this {
    this.#wire?.unref();
    return this;
  }

  #dial(asksForTls: boolean): void {
    const { host, port } = this.#target;
    const raw = isSocketFolder(host)
      ? connect({ path: `${host}/.s.PGSQL.${port}` })
      : connect({ host, port, noDelay: true });
    this.#use(raw);
    raw.once("connect", () => (asksForTls ? this.#askForTls(raw) : this.#begin(raw)));
  }

  /** From now on this wire's end is ours; one that was given up says nothing any more. */
  #use(wire: Socket): void {
    this.#wire = wire;
    const end = (error?: Error) => void (this.#wire === wire && this.destroy(error));
    wire.on("error", end);
    wire.once("close", () => end());
    if (this.#silenceMs !== undefined) wire.setTimeout(this.#silenceMs, () => end());
  }

  #askForTls(raw: Socket): void {
    raw.write(TLS_REQUEST);
    raw.once("data", (answer) => {
      // Bytes after the answer would have been slipped in by somebody between us and the server.
      const word = answer.length === 1 ? answer.toString("latin1") : "";
      if (word === "S") return this.#encrypt(raw);
      if (word === "N" && this.#target.sslMode === "prefer") return this.#begin(raw);
      const words = word === "N" ? "the server does not offer TLS" : "the server does not answer as Postgres does";
      this.destroy(Object.assign(new Error(words), word === "N" ? { code: TLS_NOT_OFFERED } : {}));
    });
  }

  #encrypt(raw: Socket): void {
    raw.setTimeout(0);
    const secure = connectTls({ socket: raw, ...tlsOptions(this.#target) });
    if (this.#target.sslMode === "prefer") secure.once("error", () => this.#fallBack(secure, raw));
    this.#use(secure);
    secure.once("secureConnect", () => this.#begin(secure));
  }

  /** `prefer` speaks plainly to a server whose TLS is of no use to us. */
  #fallBack(secure: Socket, raw: Socket): void {
    if (this.#isReady || this.destroyed) return;
    this.#wire = undefined;
    secure.destroy();
    raw.destroy();
    this.#dial(false);
  }

  #begin(wire: Socket): void {
    this.#isReady = true;
    wire.on("data", (chunk) => {
      if (!this.push(chunk)) wire.pause();
    });
    wire.once("end", () => this.push(null));
    this.#whenReady?.();
    this.emit("connect");
  }

  #onceReady(write: (wire: Socket) => void): void {
    const act = () => void (this.#wire !== undefined && write(this.#wire));
    if (this.#isReady) act();
    else this.#whenReady = act;
  }

  override _read(): void {
    if (this.#isReady) this.#wire?.resume();
  }
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const bytes = this.#clean(chunk);
    this.#onceReady((wire) => wire.write(bytes, done));
  }
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    const bytes = this.#clean(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    this.#onceReady((wire) => wire.write(bytes, done));
  }
  #clean(bytes: Buffer): Buffer {
    if (this.#hasSpoken) return bytes;
    this.#hasSpoken = true;
    return withoutPadding(bytes);
  }
  override _final(done: (error?: Error | null) => void): void {
    this.#onceReady((wire) => wire.end(() => done()));
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wire?.destroy();
    done(error);
    // Right after the error: what the driver was given in between would not be told of either.
    process.nextTick(() => this.emit("close", error !== null));
  }
}

/** The first message as the server is to get it. */
function withoutPadding(bytes: Buffer): Buffer {
  const at = bytes.indexOf(PADDING);
  if (at === -1) return bytes;
  const start = bytes.lastIndexOf(PROTOCOL_3, at) - 4;
  const message = Buffer.concat([bytes.subarray(start, at), bytes.subarray(at + PADDING.length)]);
  message.writeInt32BE(message.length);
  return message;
}

function tlsOptions({ host, sslMode, ca, cert, key }: DatabaseTarget): ConnectionOptions {
  return {
    // The certificate is compared with `host` where no name may be sent, as with an address.
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: sslMode === "verify-ca" || sslMode === "verify-full",
    ...(sslMode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
  };
}
