"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { isSignedOut } from "#/ui/feedback/describe-error.model.ts";
import { useHeartbeat } from "#/ui/live/heartbeat.tsx";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { useApplyEvent } from "#/ui/live/use-apply-event.ts";
import { goToSignIn, useTRPC, useTRPCClient } from "#/ui/trpc.tsx";

export type LiveState = "connecting" | "live" | "reconnecting" | "paused";
type Listener = (event: SyncEvent) => void;

export type Live = Readonly<{
  state: LiveState;
  /** Ms since the epoch; what the page shows was true then. Moves only while the stream is down or paused. */
  lastHeardAt: number;
  listen: (listener: Listener) => () => void;
  /** Ends the stream, or opens it again; while it is paused nothing is asked again by itself. */
  setPaused: (isPaused: boolean) => void;
  /** Makes this tab's one stream carry one job from its beginning, until it has ended. */
  focusJob: (jobId: string) => () => void;
}>;

const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error("useLive needs a LiveProvider around it");
  return live;
}

/** The one event stream of this tab. Every event mends the cached answers; every reconnect asks for all of them again. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const heartbeat = useHeartbeat();
  const applyEvent = useApplyEvent();
  const listeners = useRef(new Set<Listener>());
  const [job, setJob] = useState<string>();
  const [isPaused, setIsPaused] = useState(false);
  const [{ state, lastHeardAt }, setConnection] = useState<Pick<Live, "state" | "lastHeardAt">>({
    state: "connecting",
    lastHeardAt: 0,
  });
  const wasLive = useRef(false);

  useEffect(() => {
    if (isPaused) return undefined;
    let stop: (() => void) | undefined;
    let wasOpened = false;
    // A page that wants one job says so in the same commit; wait for it rather than open two streams.
    const opening = setTimeout(() => {
      const subscription = client.syncs.watch.subscribe(job === undefined ? {} : { jobId: job }, {
        onData: ({ data }) => {
          applyEvent(data);
          listeners.current.forEach((listener) => listener(data));
        },
        onConnectionStateChange: (connection) => {
          if (connection.state === "pending") return onLive();
          // A page that has followed one job to its end goes on with another stream: that it begins is no loss.
          const isLost = wasOpened || connection.error !== null;
          if (connection.state === "connecting" && isLost) onLost();
        },
        onComplete: () => setJob((focused) => (focused === job ? undefined : focused)),
        // The server has ended the stream with the session.
        onError: (error) => (isSignedOut(error) ? goToSignIn() : onLost()),
      });
      stop = () => subscription.unsubscribe();
    }, 0);
    return () => {
      clearTimeout(opening);
      stop?.();
    };

    function onLive() {
      wasOpened = true;
      if (wasLive.current) void queryClient.invalidateQueries();
      wasLive.current = true;
      setConnection({ state: "live", lastHeardAt: heartbeat.lastHeardAt() });
    }

    function onLost() {
      // A browser does not tell why it could not connect. Where the session has ended, this finds out.
      void queryClient.fetchQuery({ ...trpc.access.me.queryOptions(), staleTime: 0 }).catch(() => {});
      if (!wasLive.current) return;
      setConnection({ state: "reconnecting", lastHeardAt: heartbeat.lastHeardAt() });
    }
  }, [client, trpc, queryClient, heartbeat, applyEvent, job, isPaused]);

  const listen = useCallback((listener: Listener) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  }, []);
  const focusJob = useCallback((jobId: string) => {
    setJob(jobId);
    return () => setJob((focused) => (focused === jobId ? undefined : focused));
  }, []);

  const setPaused = useCallback(
    (paused: boolean) => {
      heartbeat.setPaused(paused);
      setIsPaused(paused);
      setConnection({ state: paused ? "paused" : "connecting", lastHeardAt: heartbeat.lastHeardAt() });
    },
    [heartbeat],
  );

  const live = useMemo(
    () => ({ state, lastHeardAt, listen, focusJob, setPaused }),
    [state, lastHeardAt, listen, focusJob, setPaused],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}
