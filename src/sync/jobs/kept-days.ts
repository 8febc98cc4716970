/**
 * Days after which what is kept for a while only is removed. The functions of the database that remove it hold these numbers
 * themselves, as the origin's do; a test compares them.
 */
export const KEPT_DAYS = {
  cleanup_old_pricing_jobs: 90,
  cleanup_old_pricing_events: 30,
  cleanup_unused_payloads: 30,
} as const;
