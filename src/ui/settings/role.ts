import type { Outputs } from "#/ui/trpc.tsx";

export type Role = Outputs["access"]["me"]["role"];

export const ROLES = ["viewer", "operator", "admin"] as const satisfies readonly Role[];
