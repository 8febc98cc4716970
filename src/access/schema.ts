import { sql } from "drizzle-orm";
import { bigint, boolean, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Principal } from "#/access/principal.ts";
import type { Role } from "#/terms/role.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** The auth library's own tables, under names that tell whose they are. */
export const authUsers = pgTable("auth_user", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: boolean("email_verified").notNull().default(false),
  image: text("image"),
  role: text("role").$type<Role>().notNull().default("viewer"),
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

export const authSessions = pgTable("auth_session", {
  id: text("id").primaryKey(),
  userId: text("user_id")
    .notNull()
    .references(() => authUsers.id, { onDelete: "cascade" }),
  token: text("token").notNull().unique(),
  expiresAt: instant("expires_at").notNull(),
  ipAddress: text("ip_address"),
  userAgent: text("user_agent"),
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

export const authAccounts = pgTable("auth_account", {
  id: text("id").primaryKey(),
  userId: text("user_id")
    .notNull()
    .references(() => authUsers.id, { onDelete: "cascade" }),
  accountId: text("account_id").notNull(),
  providerId: text("provider_id").notNull(),
  accessToken: text("access_token"),
  refreshToken: text("refresh_token"),
  idToken: text("id_token"),
  accessTokenExpiresAt: instant("access_token_expires_at"),
  refreshTokenExpiresAt: instant("refresh_token_expires_at"),
  scope: text("scope"),
  password: text("password"),
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

export const authVerifications = pgTable("auth_verification", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: instant("expires_at").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

/** Keys of programs. Only a key's hash is kept; the key itself is shown once. */
export const apiKeys = pgTable("api_keys", {
  id: uuid("id").primaryKey().defaultRandom(),
  /** What people read in `triggered_by` and in the audit log, as `key:NAME`; never given twice. */
  name: text("name").notNull().unique(),
  /** SHA-256, in hex: enough for a key that nobody chose. */
  hash: text("hash").notNull().unique(),
  /** Its first characters, so that people can tell which one they have. */
  start: text("start").notNull(),
  role: text("role").$type<Role>().notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at"),
  /** To the minute. */
  lastUsedAt: instant("last_used_at"),
  revokedAt: instant("revoked_at"),
  revokedBy: text("revoked_by"),
});

/** People who were asked in. Only the hash of the link's secret is kept. */
export const authInvites = pgTable("auth_invite", {
  id: uuid("id").primaryKey().defaultRandom(),
  email: text("email").notNull(),
  hash: text("hash").notNull().unique(),
  role: text("role").$type<Role>().notNull(),
  invitedBy: text("invited_by").notNull(),
  invitedAt: instant("invited_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  acceptedAt: instant("accepted_at"),
});

/** Who changed what, from where, and why. Written in the transaction of the change itself; a trigger refuses any other. */
export const auditLog = pgTable("audit_log", {
  id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant("at")
    .notNull()
    .default(sql`clock_timestamp()`),
  actorKind: text("actor_kind").$type<Principal["kind"]>().notNull(),
  actorId: text("actor_id").notNull(),
  actor: text("actor").notNull(),
  /** The procedure's name, such as `lock.release`. */
  action: text("action").notNull(),
  target: text("target").notNull(),
  reason: text("reason"),
  /** The client's address. */
  address: text("address"),
  before: jsonb("before").$type<unknown>(),
  after: jsonb("after").$type<unknown>(),
});
