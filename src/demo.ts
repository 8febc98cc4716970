import { existsSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "#/config.ts";
import { makeDemoWeek, passDemoWeek } from "#/demo-week.ts";
import { FEED_PATHS } from "#/market/feed.ts";
import { createMarketClient } from "#/market/market-client.ts";
import { openMarket } from "#/market/open-market.ts";
import { runMain } from "#/platform/run-main.ts";
import { stopOnSignals } from "#/platform/stop-on-signals.ts";
import { startServer } from "#/server.ts";

// Known to everybody, so the demo listens on loopback only and keeps its data apart.
const DEMO_LOGIN = { email: "demo@ratebook.local", password: "ratebook-demo" };
const DEMO_API_KEY = "ratebook-demo-api-key";

/** The product with a simulated market instead of the real sellers: nothing to set up, no network. */
async function main(): Promise<void> {
  const market = await openMarket({ seed: 7 });
  try {
    const config = readConfig({
      LOG_LEVEL: "warn",
      ...process.env,
      DATABASE_URL: undefined,
      RATEBOOK_DATA_DIR: join(process.env["RATEBOOK_DATA_DIR"] ?? ".ratebook", "demo"),
      HOST: "127.0.0.1",
      ADMIN_EMAIL: DEMO_LOGIN.email,
      ADMIN_PASSWORD: DEMO_LOGIN.password,
      ADMIN_API_KEY: DEMO_API_KEY,
      ALLOW_PRIVATE_NETWORK: "true",
    });
    const sourceUrls = Object.fromEntries(Object.entries(FEED_PATHS).map(([kind, path]) => [kind, market.url + path]));
    const steered = createMarketClient(market.url);
    if (existsSync(config.dataDir)) await passDemoWeek(steered);
    else {
      process.stderr.write("Playing a week of the simulated market …\n");
      await makeDemoWeek({ config, market: steered, sourceUrls });
    }
    const server = await startServer(config, { sourceUrls });
    stopOnSignals(async () => {
      await server.close();
      await market.close();
    });
    process.stdout.write(
      [
        `Ratebook is ready at ${server.url ?? ""}`,
        `  e-mail    ${DEMO_LOGIN.email}`,
        `  password  ${DEMO_LOGIN.password}`,
        `  API key   ${DEMO_API_KEY}`,
        `The simulated market is at ${market.url}; move its day on with: curl -X POST ${market.url}/market/step`,
        "Stop with Ctrl-C.",
        "",
      ].join("\n"),
    );
  } catch (error) {
    await market.close();
    throw error;
  }
}

runMain(main);
