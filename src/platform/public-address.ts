import ipaddr from "ipaddr.js";

const PRIVATE_RANGES: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/**
 * Whether a fetch may connect to an IP address: only to public unicast, or, with `allowPrivateNetwork`, to loopback
 * and private networks too. Link-local (cloud metadata), multicast and reserved addresses are never allowed.
 */
export function isAllowedAddress(address: string, allowPrivateNetwork: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` unwraps ::ffff:127.0.0.1; tunnelled forms (NAT64, 6to4, Teredo) are no unicast and so refused.
  const range = ipaddr.process(address).range();
  return range === "unicast" || (allowPrivateNetwork && PRIVATE_RANGES.has(range));
}
