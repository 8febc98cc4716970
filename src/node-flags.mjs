/**
 * How servers and tests are started, from the project's root. A small young generation, and a heap that is collected
 * before it is twice what is in use: each lowers what an import takes at most by a third or a quarter, and neither makes it
 * longer (`npm run bench`). Without the second, a quick machine puts collections off for longer than a slow one.
 */
export const NODE_FLAGS = [
  "--max-semi-space-size=8",
  "--heap-growing-percent=80",
  "--import=./src/platform/quick-resolve.ts",
];
