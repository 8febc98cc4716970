-- Whoever reads goes on while the rates are counted; whoever settles prices waits.
LOCK TABLE "book_versions" IN SHARE ROW EXCLUSIVE MODE;--> statement-breakpoint
CREATE TABLE "change_counts" AS
  SELECT r.version_from AS version,
    count(*) FILTER (WHERE r.origins <> '[]' AND (b.id IS NULL OR b.origins = '[]')) AS "first",
    count(*) FILTER (WHERE r.origins <> '[]' AND b.origins <> '[]') AS "changed",
    count(*) FILTER (WHERE r.origins = '[]') AS "gone"
  FROM "rates" r LEFT JOIN "rates" b ON b.id = r.replaces
  WHERE r.is_news AND r.fingerprint IS DISTINCT FROM b.fingerprint
  GROUP BY r.version_from;--> statement-breakpoint
ALTER TABLE "book_versions" ALTER COLUMN "changed" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "book_versions" ADD COLUMN "first" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "book_versions" ADD COLUMN "gone" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- `changed` used to count the rates whose timeline became another one, which nobody read.
UPDATE "book_versions" v SET "first" = coalesce(c."first", 0), "changed" = coalesce(c."changed", 0), "gone" = coalesce(c."gone", 0)
FROM "book_versions" o LEFT JOIN "change_counts" c ON c.version = o.version
WHERE o.version = v.version;--> statement-breakpoint
DROP TABLE "change_counts";
