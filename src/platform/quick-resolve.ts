import { registerHooks } from "node:module";

/**
 * To be loaded with `--import`, before anything else. Node 24 parses a package's package.json again for each import that
 * leads to one of its modules; drizzle-orm's has 175 kB of `exports` that its 130 modules don't need to find each other.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL } = context;
    const isWithinDrizzle =
      parentURL?.includes("/node_modules/drizzle-orm/") && specifier.startsWith(".") && specifier.endsWith(".js");
    if (!isWithinDrizzle) return nextResolve(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
  },
});
