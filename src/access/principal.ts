import type { Role } from "#/terms/role.ts";

/** Who is acting. Everything that writes takes one. */
export type Principal = Readonly<{
  kind: "user" | "key" | "system";
  id: string;
  /** What people read in `triggered_by` and in the audit log: an e-mail address, or `key:NAME`. */
  label: string;
  role: Role;
  /** Where the request came from. */
  address?: string | undefined;
  /** The key of the environment, which stands in no table. */
  isBootstrap?: true;
  /** The request that carries what is asked; its line in the log has it. */
  requestId?: string;
  /** The jobs that this request has started, or found started by an earlier one with its key; its line in the log has them. */
  jobIds?: string[];
  /** The session of a person. */
  sessionId?: string | undefined;
}>;
