import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent } from "undici";
import { failFetch, FetchRefusal } from "#/platform/fetch-failure.ts";

type GuardedAgentOptions = Readonly<{
  isAllowed: (address: string) => boolean;
  /** Resolves a name to addresses; the system's resolver when absent. */
  resolve?: LookupFunction;
  timeoutMs: number;
}>;

/**
 * An agent that connects only to addresses that were checked. The check is inside the connection's own lookup, so
 * there is no second resolution that could answer differently. Hosts that are IP literals skip the lookup: check
 * them before the request.
 */
export function openGuardedAgent({ isAllowed, resolve = lookup, timeoutMs }: GuardedAgentOptions): Agent {
  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = typeof found === "string" ? [] : found;
      const [first] = addresses;
      // One bad address refuses the name: a mixed answer is how a rebinding attack looks.
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address)))
        return callback(new FetchRefusal(refusePrivate(hostname)), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
  return new Agent({
    connect: { lookup: guardedLookup, timeout: timeoutMs },
    // The caller's signal covers the whole transfer.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 0,
  });
}

/** The refusal of a host that is not on the public network. */
export function refusePrivate(host: string) {
  return failFetch(
    "private_address",
    `${host} is not an address on the public network. Only public addresses are connected to, unless private networks are allowed.`,
  );
}
