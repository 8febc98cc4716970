import type { z } from "zod";
import { appRouter } from "#/api/router.ts";

export type Procedure = Readonly<{
  path: string;
  type: "query" | "mutation" | "subscription";
  /** The schemas of its input. */
  inputs: readonly z.ZodType[];
}>;

/** Every procedure that the router really has. */
export function listProcedures(): Procedure[] {
  // Nested in its type, flat when it runs.
  const procedures: Readonly<Record<string, unknown>> = appRouter._def.procedures;
  return Object.entries(procedures).map(([path, procedure]) => {
    const { _def } = procedure as { _def: Omit<Procedure, "path"> };
    return { path, type: _def.type, inputs: _def.inputs };
  });
}
