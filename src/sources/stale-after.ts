/** A source that was read last before so many seconds no longer says what prices are now. */
export const STALE_AFTER_SECONDS = 86_400;
