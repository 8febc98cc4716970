/**
 * How servers and tests are started, from the project's root. A small young generation: the first import peaks a
 * third lower, and takes no longer (`npm run bench`).
 */
export const NODE_FLAGS = ["--max-semi-space-size=8", "--import=./src/platform/quick-resolve.ts"];
