-- Words of each published API with their weights (F71); the portal fills it (lib/catalog/index-in-background.ts).
-- The indexes "Operation_search" and "ApiRevision_search" stay as long as portals of before may run.
CREATE TABLE "ApiSearch" (
  "revisionId"   UUID NOT NULL,
  "words"        tsvector NOT NULL,
  "asksForKeys"  BOOLEAN NOT NULL,
  "provider"     TEXT NOT NULL,
  "indexVersion" INTEGER NOT NULL,
  CONSTRAINT "ApiSearch_pkey" PRIMARY KEY ("revisionId")
);
CREATE INDEX "ApiSearch_words_idx" ON "ApiSearch" USING gin ("words");
ALTER TABLE "ApiSearch" ADD CONSTRAINT "ApiSearch_revisionId_fkey"
  FOREIGN KEY ("revisionId") REFERENCES "ApiRevision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- How many operations a revision has, whoever writes them, so that no list counts them (F73). Those that are taken away
-- were made anew by a newer compiler: their words are stored anew as well.
ALTER TABLE "ApiRevision" ADD COLUMN "operationCount" INTEGER NOT NULL DEFAULT 0;
CREATE FUNCTION count_operations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "ApiRevision" r SET "operationCount" = r."operationCount" + CASE TG_OP WHEN 'INSERT' THEN c.n ELSE -c.n END
    FROM (SELECT "revisionId", count(*)::int AS n FROM changed GROUP BY 1) c WHERE c."revisionId" = r.id;
  IF TG_OP = 'DELETE' THEN
    UPDATE "ApiSearch" SET "indexVersion" = 0 WHERE "revisionId" IN (SELECT "revisionId" FROM changed);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "Operation_counted_in" AFTER INSERT ON "Operation"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_operations();
CREATE TRIGGER "Operation_counted_out" AFTER DELETE ON "Operation"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_operations();
