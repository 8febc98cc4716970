"use client";

import { createContext, useContext } from "react";

/** When the stream was last heard, pings included, and whether the reader has stopped it. */
export type Heartbeat = Readonly<{
  beat: () => void;
  lastHeardAt: () => number;
  setPaused: (isPaused: boolean) => void;
  isPaused: () => boolean;
}>;

export function createHeartbeat(): Heartbeat {
  let heardAt = Date.now();
  let paused = false;
  return {
    beat: () => void (heardAt = Date.now()),
    lastHeardAt: () => heardAt,
    setPaused: (isPaused) => void (paused = isPaused),
    isPaused: () => paused,
  };
}

const HeartbeatContext = createContext<Heartbeat | undefined>(undefined);
export const HeartbeatProvider = HeartbeatContext.Provider;

export function useHeartbeat(): Heartbeat {
  const heartbeat = useContext(HeartbeatContext);
  if (heartbeat === undefined) throw new Error("useHeartbeat needs an ApiProvider around it");
  return heartbeat;
}
