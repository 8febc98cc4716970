import { context, diag, DiagLogLevel, propagation, trace } from "@opentelemetry/api";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { startNodeSdk } from "@opentelemetry/sdk-node";
import type { Logger } from "pino";
import { within } from "#/platform/within.ts";

/** A collector that does not answer keeps no process from its end for longer. */
const FLUSH_MS = 3_000;

/**
 * Sends spans where the standard variables say (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
 * which the SDK reads itself. Spans alone: metrics are scraped, and the log is standard output. To be imported only when traces
 * are on, as it loads the SDK.
 */
export function openTraces(log: Logger): { close: () => Promise<void> } {
  const sdk = startNodeSdk({
    baseResource: defaultResource().merge(resourceFromAttributes({ "service.name": "ratebook" })),
    metricReaders: [],
    logRecordProcessors: [],
  });
  // A collector that is away is no error of ours, and its spans are dropped.
  const warn = (message: string) => log.warn({ detail: message }, "traces: the OpenTelemetry SDK reports a problem");
  const silent = () => {};
  const logger = { error: warn, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return {
    async close() {
      await within(FLUSH_MS, sdk.shutdown()).catch(() =>
        log.warn("traces: the last spans could not be sent before the process ended"),
      );
      for (const api of [trace, context, propagation, diag]) api.disable();
    },
  };
}
