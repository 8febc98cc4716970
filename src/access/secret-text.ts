import { hash, randomBytes } from "node:crypto";

/** A secret that nobody chose, 256 bits of it; shown once. */
export function newSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString("base64url")}`;
}

/** What is kept of such a secret. No salt and no slow hash: it can't be guessed, and it is looked up by this. */
export function hashSecret(secret: string): string {
  return hash("sha256", secret);
}
