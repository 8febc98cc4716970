import type { Role } from "#/access/principal.ts";

/** Who may call what. A procedure that is not in this table can't be called by anybody. */
export const NEEDED_ROLE: Readonly<Record<string, Role>> = {
  "syncs.trigger": "operator",
  "syncs.cancel": "operator",
  "syncs.get": "viewer",
  "syncs.list": "viewer",
  "syncs.active": "viewer",
  "syncs.watch": "viewer",
  "prices.get": "viewer",
  "prices.list": "viewer",
  "prices.history": "viewer",
  "sources.list": "viewer",
  "sources.add": "admin",
  "sources.enable": "admin",
  "sources.disable": "admin",
  "sources.test": "operator",
  "lock.status": "viewer",
  "lock.release": "admin",
};
