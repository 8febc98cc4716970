import { defineRailway, postgres, preserve, project, service } from "railway/iac";

// What railway.json says, in the form that follows it, with the database and the variables. A service is managed by one of the
// two: docs/deploy.md says how to move.
const program = defineRailway(() => {
  const database = postgres("postgres");
  const ratebook = service("ratebook", {
    build: { builder: "DOCKERFILE", dockerfilePath: "Dockerfile" },
    deploy: {
      preDeployCommand: ["node src/migrate.ts"],
      startCommand:
        "node --max-semi-space-size=8 --heap-growing-percent=80 --import=./src/platform/quick-resolve.ts src/server.ts",
      healthcheckPath: "/readyz",
      healthcheckTimeout: 60,
      restartPolicyType: "ON_FAILURE",
      restartPolicyMaxRetries: 10,
      overlapSeconds: 10,
      drainingSeconds: 30,
    },
    env: {
      DATABASE_URL: database.env.DATABASE_URL,
      AUTH_SECRET: preserve(),
      PUBLIC_URL: preserve(),
      ADMIN_EMAIL: preserve(),
      ADMIN_PASSWORD: preserve(),
    },
  });
  return project("ratebook", { resources: [database, ratebook] });
});

export default program;
