import { expect, test } from "vitest";
import { isAllowedAddress } from "#/platform/public-address.ts";

const NEVER = [
  "0.0.0.0",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "192.0.0.192",
  "::",
  "fe80::1",
  "ff02::1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:0:4136:e378::1",
  "::ffff:169.254.169.254",
  "not an address",
];
const PRIVATE = [
  "127.0.0.1",
  "127.8.8.8",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "::1",
  "fc00::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
];
const PUBLIC = ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"];

test.each(NEVER)("%s is never connected to", (address) => {
  expect(isAllowedAddress(address, false)).toBe(false);
  expect(isAllowedAddress(address, true)).toBe(false);
});

test.each(PRIVATE)("%s is connected to only when private networks are allowed", (address) => {
  expect(isAllowedAddress(address, false)).toBe(false);
  expect(isAllowedAddress(address, true)).toBe(true);
});

test.each(PUBLIC)("%s is public", (address) => expect(isAllowedAddress(address, false)).toBe(true));
