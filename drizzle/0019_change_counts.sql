ALTER TABLE "book_versions" ALTER COLUMN "changed" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "book_versions" ADD COLUMN "first" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "book_versions" ADD COLUMN "gone" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- `changed` used to count the rates whose timeline became another one, which nobody read.
UPDATE "book_versions" v SET "first" = c."first", "changed" = c."changed", "gone" = c."gone"
FROM (
  SELECT o.version,
    count(r.id) FILTER (WHERE r.origins <> '[]' AND (b.id IS NULL OR b.origins = '[]')) AS "first",
    count(r.id) FILTER (WHERE r.origins <> '[]' AND b.origins <> '[]') AS "changed",
    count(r.id) FILTER (WHERE r.origins = '[]') AS "gone"
  FROM "book_versions" o
    LEFT JOIN ("rates" r LEFT JOIN "rates" b ON b.id = r.replaces)
      ON r.version_from = o.version AND r.is_news AND r.fingerprint IS DISTINCT FROM b.fingerprint
  GROUP BY o.version) c
WHERE c.version = v.version;
