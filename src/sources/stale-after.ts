/**
 * A source that was read last before so many seconds no longer says what prices are now: twelve missed reads of the default
 * schedule, and two of one that reads every six hours.
 */
export const STALE_AFTER_SECONDS = 43_200;
