/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  // Whatever stands in front of the server compresses.
  compress: false,
  // `npm run check` runs tsc over everything.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    optimizePackageImports: [
      "@mantine/core",
      "@mantine/hooks",
      "@mantine/charts",
      "@mantine/notifications",
      "@tabler/icons-react",
    ],
  },
};
