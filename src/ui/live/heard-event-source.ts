/** An EventSource that says whenever anything comes in; the tRPC link keeps its pings to itself. */
export function createHeardEventSource(onHeard: () => void): typeof EventSource | undefined {
  // The server renders without one, and never subscribes.
  if (typeof EventSource === "undefined") return undefined;
  return class extends EventSource {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init);
      for (const kind of ["connected", "ping", "message"]) this.addEventListener(kind, onHeard);
    }
  };
}
