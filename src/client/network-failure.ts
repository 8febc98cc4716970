type NetworkFailure = Readonly<{ reason: string; check?: "url" }>;

const CUT: NetworkFailure = { reason: "the connection was cut" };
const LATE: NetworkFailure = { reason: "it did not answer in time" };
const SELF_SIGNED: NetworkFailure = { reason: "its TLS certificate is not trusted (self-signed)" };
const NO_TLS: NetworkFailure = {
  reason: "it does not speak TLS. Should the address start with http://?",
  check: "url",
};

/** Codes of Node's sockets and TLS, and of its fetch. */
const BY_CODE: Readonly<Record<string, NetworkFailure>> = {
  ECONNREFUSED: { reason: "the connection was refused. Is the server running?", check: "url" },
  ECONNRESET: CUT,
  EPIPE: CUT,
  UND_ERR_SOCKET: CUT,
  ENOTFOUND: { reason: "there is no such host", check: "url" },
  EAI_AGAIN: { reason: "its name could not be looked up" },
  EHOSTUNREACH: { reason: "there is no way to that host" },
  ENETUNREACH: { reason: "there is no way to that network" },
  ETIMEDOUT: LATE,
  UND_ERR_CONNECT_TIMEOUT: LATE,
  UND_ERR_HEADERS_TIMEOUT: LATE,
  UND_ERR_BODY_TIMEOUT: LATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: SELF_SIGNED,
  CERT_HAS_EXPIRED: { reason: "its TLS certificate has expired" },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: "its TLS certificate is for another host" },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { reason: "its TLS certificate is not trusted" },
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
};

/** What kept a request from being answered; `undefined` when it was not the network. */
export function findNetworkFailure(error: unknown): NetworkFailure | undefined {
  const causes = listCauses(error);
  for (const cause of causes) {
    if (cause.name === "TimeoutError") return LATE;
    const known = "code" in cause && typeof cause.code === "string" ? BY_CODE[cause.code] : undefined;
    if (known !== undefined) return known;
  }
  const deepest = causes.at(-1);
  const failed = causes.some(({ message }) => message === "fetch failed");
  return failed && deepest !== undefined ? { reason: deepest.message } : undefined;
}

/** An error, what caused it, what caused that, and so on. */
export function listCauses(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause) {
    causes.push(cause);
    if (cause instanceof AggregateError) causes.push(...cause.errors.filter((each) => each instanceof Error));
  }
  return causes;
}
