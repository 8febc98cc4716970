"use client";

import { createContext, useContext } from "react";

/** When the stream was last heard, pings included. */
export type Heartbeat = Readonly<{ beat: () => void; lastHeardAt: () => number }>;

export function createHeartbeat(): Heartbeat {
  let heardAt = Date.now();
  return { beat: () => void (heardAt = Date.now()), lastHeardAt: () => heardAt };
}

const HeartbeatContext = createContext<Heartbeat | undefined>(undefined);
export const HeartbeatProvider = HeartbeatContext.Provider;

export function useHeartbeat(): Heartbeat {
  const heartbeat = useContext(HeartbeatContext);
  if (heartbeat === undefined) throw new Error("useHeartbeat needs an ApiProvider around it");
  return heartbeat;
}
