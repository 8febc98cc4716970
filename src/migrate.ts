import { readConfig } from "#/config.ts";
import { prepareDatabase } from "#/platform/check-database.ts";
import { AppError } from "#/platform/errors.ts";
import { explainStartFailure } from "#/platform/explain-start-failure.ts";
import { createLog } from "#/platform/log.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { runMain } from "#/platform/run-main.ts";

// A deployment's step before its new processes start. They migrate by themselves as well, so it may be left out.
runMain(async () => {
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (databaseUrl === undefined)
    throw new AppError("INVALID", "DATABASE_URL is not set: the embedded Postgres is migrated when Ratebook starts");
  try {
    await migrateDatabase(await prepareDatabase(databaseUrl, createLog(config.logLevel)));
  } catch (error) {
    throw explainStartFailure(error, config);
  }
  process.stdout.write("The database's schema is current\n");
});
