type Policy = Readonly<Record<string, string[]>>;

/** What a browser may do with any answer of ours: nothing from elsewhere, nothing inline, and in nobody's frame. */
export const ANSWER_POLICY = {
  "default-src": ["'self'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "font-src": ["'self'"],
  "connect-src": ["'self'"],
  "object-src": ["'none'"],
  "base-uri": ["'self'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
} satisfies Policy;

/**
 * The policy of a page whose own scripts and styles carry `nonce`, which has to be another one for every answer. Next writes
 * its data as inline scripts and loads more from them; browsers that know `strict-dynamic` take nothing else, ignoring `'self'`.
 */
export function createPagePolicy(nonce: string): string {
  const policy: Policy = {
    ...ANSWER_POLICY,
    "script-src": ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"],
    "style-src-elem": ["'self'", `'nonce-${nonce}'`],
    // Mantine's components carry their measures as style attributes, which can't have a nonce.
    "style-src-attr": ["'unsafe-inline'"],
  };
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(" ")}`)
    .join("; ");
}
