import { pino, type DestinationStream, type Logger } from "pino";

/** JSON lines on standard output, or where a test reads them, with credentials cut out. */
export function createLog(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ["req.headers.authorization", "req.headers.cookie", "*.password", "*.secret"], censor: "[cut]" },
  };
  return pino(options, destination);
}
