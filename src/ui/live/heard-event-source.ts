/** The server answers a watcher at once. */
const SLOWEST_ANSWER_MS = 8_000;

/**
 * An EventSource that says whenever anything comes in, as the tRPC link keeps its pings to itself, and that gives up an
 * attempt which is not answered: a browser sends it over an old connection if it has one, and that may have died in silence.
 */
export function createHeardEventSource(onHeard: () => void): typeof EventSource | undefined {
  // The server renders without one, and never subscribes.
  if (typeof EventSource === "undefined") return undefined;
  return class extends EventSource {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init);
      for (const kind of ["connected", "ping", "message"]) this.addEventListener(kind, onHeard);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const awaitAnswer = () => {
        clearTimeout(timer);
        if (this.readyState !== EventSource.CONNECTING) return;
        timer = setTimeout(() => {
          if (this.readyState !== EventSource.CONNECTING) return;
          this.close();
          this.dispatchEvent(new Event("error"));
        }, SLOWEST_ANSWER_MS);
      };
      for (const kind of ["open", "error"]) this.addEventListener(kind, awaitAnswer);
      awaitAnswer();
    }
  };
}
