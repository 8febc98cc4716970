import manifest from "#package.json" with { type: "json" };

/** Which version of Ratebook this is. */
export const VERSION: string = manifest.version;
