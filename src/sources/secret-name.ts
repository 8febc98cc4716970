/** The server's own secrets: no source may be pointed at them. */
const RESERVED: ReadonlySet<string> = new Set(["ADMIN_API_KEY", "RATEBOOK_API_KEY", "AUTH_SECRET"]);

/** Whether an environment variable may be named as the holder of a source's key. */
export function isSecretName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]{0,98}(?:_API_KEY|_TOKEN|_KEY)$/.test(name) && !RESERVED.has(name);
}
