import manifest from "./package.json" with { type: "json" };

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  // The pages read it from their own code.
  env: { RATEBOOK_VERSION: manifest.version },
  // `npm run dev` prints this address; without it a changed page would not show by itself there.
  allowedDevOrigins: ["127.0.0.1"],
  // Where pages used to be.
  redirects: async () => [
    { source: "/models/:path*", destination: "/prices/:path*", permanent: true },
    { source: "/pins", destination: "/prices/pins", permanent: true },
    { source: "/conflicts", destination: "/prices/conflicts", permanent: true },
  ],
  // `npm run check` runs tsc over everything.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    optimizePackageImports: ["@mantine/core", "@mantine/hooks", "@mantine/notifications", "@tabler/icons-react"],
  },
};
