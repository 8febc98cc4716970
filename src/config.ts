import { resolve } from "node:path";
import { z } from "zod";

const flag = z.enum(["true", "false", "1", "0", ""]).transform((text) => text === "true" || text === "1");
const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === "" ? undefined : text))
  .optional();

const perMinute = z.coerce.number().int().min(1).max(1_000_000_000);

const databaseUrl = optionalText.pipe(
  z
    .string()
    .regex(/^postgres(ql)?:\/\//, "has to look like postgres://user:password@host:5432/database")
    .optional(),
);

const environment = z.object({
  DATABASE_URL: databaseUrl,
  DATABASE_READ_URL: databaseUrl,
  RATEBOOK_DATA_DIR: z.string().min(1).default(".ratebook"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: optionalText,
  METRICS_PORT: optionalText.pipe(z.coerce.number<string>().int().min(0).max(65_535).optional()),
  ROLE: z.enum(["all", "web", "worker"]).default("all"),
  PUBLIC_URL: optionalText.pipe(z.url({ protocol: /^https?$/ }).optional()),
  AUTH_SECRET: optionalText.pipe(z.string().min(32, "must have at least 32 characters").optional()),
  ADMIN_EMAIL: optionalText.pipe(z.email().optional()),
  ADMIN_PASSWORD: optionalText.pipe(z.string().min(8, "must have at least 8 characters").optional()),
  ADMIN_API_KEY: optionalText.pipe(z.string().min(16, "must have at least 16 characters").optional()),
  SYNC_LOCK_TTL_SECONDS: z.coerce.number().min(2).max(300).default(30),
  ALLOW_PRIVATE_NETWORK: flag.default(false),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  PRICE_READS_PER_MINUTE: perMinute.default(300_000),
  REQUESTS_PER_MINUTE: perMinute.default(3_000),
  STALE_PRICES_SECONDS: z.coerce.number().min(0).max(86_400).default(600),
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(10),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalText,
  OTEL_TRACES_EXPORTER: optionalText,
  OTEL_SDK_DISABLED: optionalText,
});

export type Config = Readonly<{
  /** Absent: the embedded Postgres is started in `dataDir`. */
  databaseUrl: string | undefined;
  /** A streaming replica of it that answers questions about the past. */
  databaseReadUrl: string | undefined;
  dataDir: string;
  port: number;
  /** Loopback with the embedded database, all addresses otherwise. */
  host: string;
  /** Where a worker answers its probes and `/metrics`; absent: nowhere. */
  metricsPort: number | undefined;
  role: "all" | "web" | "worker";
  publicUrl: string | undefined;
  authSecret: string | undefined;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  adminApiKey: string | undefined;
  leaseMs: number;
  allowPrivateNetwork: boolean;
  logLevel: string;
  drainMs: number;
  /** Requests a minute of one key or person. */
  limits: Readonly<{ priceReads: number; known: number }>;
  /** For how long prices are answered from memory while the database can't be reached. */
  staleMs: number;
  /** Whether the standard variables ask for traces. The SDK reads them itself, and is not loaded when they don't. */
  traces: boolean;
  /** A source's key, by the name of its environment variable. Read when it is needed, never stored. */
  readSecret: (name: string) => string | undefined;
}>;

class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the environment once. Throws an error that names every variable that is wrong, and why. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigError(`The environment is not usable:\n${problems.join("\n")}`);
  }
  const values = parsed.data;
  return {
    databaseUrl: values.DATABASE_URL,
    databaseReadUrl: values.DATABASE_READ_URL,
    dataDir: resolve(values.RATEBOOK_DATA_DIR),
    port: values.PORT,
    host: values.HOST ?? (values.DATABASE_URL === undefined ? "127.0.0.1" : "0.0.0.0"),
    metricsPort: values.METRICS_PORT,
    role: values.ROLE,
    publicUrl: values.PUBLIC_URL,
    authSecret: values.AUTH_SECRET,
    adminEmail: values.ADMIN_EMAIL,
    adminPassword: values.ADMIN_PASSWORD,
    adminApiKey: values.ADMIN_API_KEY,
    leaseMs: Math.round(values.SYNC_LOCK_TTL_SECONDS * 1000),
    allowPrivateNetwork: values.ALLOW_PRIVATE_NETWORK,
    logLevel: values.LOG_LEVEL,
    limits: { priceReads: values.PRICE_READS_PER_MINUTE, known: values.REQUESTS_PER_MINUTE },
    staleMs: values.STALE_PRICES_SECONDS * 1000,
    drainMs: values.DRAIN_SECONDS * 1000,
    traces: asksForTraces(values),
    readSecret: (name) => env[name],
  };
}

function asksForTraces(values: z.infer<typeof environment>): boolean {
  const { OTEL_TRACES_EXPORTER: exporter, OTEL_SDK_DISABLED: disabled } = values;
  if (disabled?.toLowerCase() === "true" || exporter === "none") return false;
  return [exporter, values.OTEL_EXPORTER_OTLP_ENDPOINT, values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT].some(
    (value) => value !== undefined,
  );
}
