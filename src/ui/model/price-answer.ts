import type { Outputs } from "#/ui/trpc.tsx";

type Answer = Outputs["prices"]["get"];

/** The price in force of one seller, model and variant, with where each charge comes from. */
export type EffectivePrice = Answer["effective"][number];
/** What one listing of a source says. */
export type PricedOffer = Answer["offers"][number];
export type Pin = Answer["pins"][number];
/** A piece of the timeline of the price in force. */
export type RateEntry = Outputs["prices"]["history"]["entries"][number];
/** Something that a source said, in force or not. */
export type OfferEntry = Outputs["prices"]["offerHistory"]["entries"][number];
export type HeldPrice = Outputs["review"]["list"]["holds"][number];
