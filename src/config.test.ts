import { expect, test } from "vitest";
import { readConfig } from "#/config.ts";

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

test.each<[boolean, Record<string, string>]>([
  [false, {}],
  [false, { OTEL_EXPORTER_OTLP_ENDPOINT: " ", OTEL_SERVICE_NAME: "ratebook" }],
  [true, collector],
  [true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }],
  [true, { OTEL_TRACES_EXPORTER: "console" }],
  [false, { ...collector, OTEL_TRACES_EXPORTER: "none" }],
  [false, { ...collector, OTEL_SDK_DISABLED: "TRUE" }],
  [true, { ...collector, OTEL_SDK_DISABLED: "false" }],
])("traces are %s with %o", (traces, env) => {
  expect(readConfig(env).traces).toBe(traces);
});
