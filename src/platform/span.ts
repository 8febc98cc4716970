import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from "@opentelemetry/api";
import { AppError } from "#/platform/errors.ts";

export type { Span };

/** Where a span stands, in the headers of the propagators that are set (`traceparent`). */
export type TraceCarrier = Readonly<Record<string, string>>;

/**
 * Does `work` in a span of its own, below the one that is active. While traces are off it only does the work. What is thrown
 * marks the span as failed; its words stand there only when they are made for a caller, as others may carry SQL or keys.
 */
export function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer("ratebook").startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const said = error instanceof Error && error.cause instanceof AppError ? error.cause : error;
      failSpan(span, said instanceof AppError ? said.message : "It failed for a reason that is in the log");
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed. `message` may be read by everybody who reads traces. */
export function failSpan(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Where the active span stands, so that another process can continue its trace; `undefined` while there is none. */
export function carryTrace(): TraceCarrier | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return Object.keys(carrier).length === 0 ? undefined : carrier;
}

/** Does `work` below the span that a carrier names; below the active one when there is no carrier. */
export function continueTrace<T>(carrier: TraceCarrier | undefined, work: () => T): T {
  return carrier === undefined ? work() : context.with(propagation.extract(ROOT_CONTEXT, carrier), work);
}
