import { z } from "zod";

/** What an endpoint can be told, and what it means in words. */
export const ALERT_EVENTS = {
  "sync.failed": "A sync failed: no source could be read",
  "sync.partial": "A sync was partial: some sources could not be read",
  "sync.recovered": "A source that failed was read again",
  "source.stale": "A source has not been read for too long",
  "source.recovered": "A stale source was read again",
  "price.changed": "Prices came into force, changed or went",
  "model.sunset": "A model with a price in force stops being answered within 30 days",
  "price.held": "The guard holds prices for somebody to decide",
  "lock.stolen": "A worker lost the sync lock: it died, froze, or somebody released it",
  "webhook.disabled": "An endpoint is told nothing any more, because it failed for days",
} as const;

export type AlertEvent = keyof typeof ALERT_EVENTS;
export const alertEvent = z.enum(Object.keys(ALERT_EVENTS) as [AlertEvent, ...AlertEvent[]]);

/**
 * Those that last: raised when they have held on for an endpoint's hold time, told once, and told again under another name
 * when they are over. Nothing is told of the end of a sunset: the model is gone then, or its date.
 */
export const CONDITIONS = {
  "sync.failed": "sync.recovered",
  "sync.partial": "sync.recovered",
  "source.stale": "source.recovered",
  "model.sunset": null,
} as const satisfies Partial<Record<AlertEvent, AlertEvent | null>>;
export type Condition = keyof typeof CONDITIONS;
export const conditionEvent = z.enum(Object.keys(CONDITIONS) as [Condition, ...Condition[]]);

/** Sent by hand, to see whether an endpoint answers. */
export const TEST_EVENT = "webhook.test";
export type WebhookEvent = AlertEvent | typeof TEST_EVENT;
