// Browsers read a backslash as a slash and drop tabs and line breaks, so `/\host` and `/<tab>/host` leave the site.
const LEAVES_THE_SITE = /^\/\/|[\\\p{Cc}]/u;

/** Where to go after signing in: a path of this site, or the overview. */
export function readNextPath(next: string | null): string {
  if (next === null || !next.startsWith("/") || LEAVES_THE_SITE.test(next)) return "/";
  return next.startsWith("/sign-in") ? "/" : next;
}
