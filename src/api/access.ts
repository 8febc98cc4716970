import { z } from "zod";
import { createKey, keyView, listKeys, revokeKey } from "#/access/api-keys.ts";
import { auditEntry, auditFilter, listAudit } from "#/access/list-audit.ts";
import { changePassword, listSessions, revokeSession, sessionView } from "#/access/sessions.ts";
import { invite, inviteView, listUsers, removeUser, setRole, userView, withdrawInvite } from "#/access/users.ts";
import { procedure, router } from "#/api/trpc.ts";
import { ROLES } from "#/terms/role.ts";

const role = z.enum(ROLES);
const reason = z.string().trim().min(3).max(500);
const id = z.string().min(1).max(100);
const keyName = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, dots, dashes and underscores");
const password = z.string().min(8).max(128);
const done = z.object({ done: z.literal(true) });
const DONE = { done: true } as const;

export const accessRouter = router({
  /** Who is asking. */
  me: procedure
    .output(z.object({ kind: z.enum(["user", "key", "system"]), label: z.string(), role }))
    .query(({ ctx: { principal } }) => ({ kind: principal.kind, label: principal.label, role: principal.role })),

  users: procedure
    .output(z.object({ users: z.array(userView), invites: z.array(inviteView) }))
    .query(({ ctx }) => listUsers(ctx.deps.db)),

  /** The secret is for the link `/join#SECRET`: what stands behind the # is sent to nobody. */
  invite: procedure
    .input(z.object({ email: z.email().max(200), role }))
    .output(z.object({ secret: z.string() }))
    .mutation(({ ctx, input }) => invite(ctx.deps.db, ctx.principal, input)),

  withdrawInvite: procedure
    .input(z.object({ id: z.uuid() }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await withdrawInvite(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  setRole: procedure
    .input(z.object({ userId: id, role, reason }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await setRole(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  removeUser: procedure
    .input(z.object({ userId: id, reason }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeUser(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  keys: procedure
    .output(
      z.object({
        keys: z.array(keyView),
        /** The environment holds a key of the highest role too, in `ADMIN_API_KEY`. */
        hasBootstrapKey: z.boolean(),
      }),
    )
    .query(async ({ ctx: { deps } }) => ({
      keys: await listKeys(deps.db),
      hasBootstrapKey: deps.hasBootstrapKey,
    })),

  /** The key is told this once. */
  createKey: procedure
    .input(z.object({ name: keyName, role, days: z.int().min(1).max(3_650).optional() }))
    .output(z.object({ id: z.string(), key: z.string() }))
    .mutation(({ ctx, input }) => createKey(ctx.deps.db, ctx.principal, input)),

  revokeKey: procedure
    .input(z.object({ name: keyName, reason }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await revokeKey(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  /** One's own. */
  sessions: procedure
    .output(z.object({ sessions: z.array(sessionView) }))
    .query(async ({ ctx }) => ({ sessions: await listSessions(ctx.deps.db, ctx.principal) })),

  revokeSession: procedure
    .input(z.object({ id }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await revokeSession(ctx.deps.db, ctx.principal, input);
      return DONE;
    }),

  /** One's own; all other sessions end. */
  changePassword: procedure
    .input(z.object({ present: z.string().max(128), next: password }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      // Whoever has a session could guess the password here as well as at the sign-in.
      await ctx.countGuess();
      await changePassword(ctx.deps, ctx.principal, input);
      return DONE;
    }),

  audit: procedure
    .input(auditFilter)
    .output(z.object({ entries: z.array(auditEntry), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => listAudit(ctx.deps.db, input)),
});
