-- Which compiler made what is published, so that a newer one makes it anew (docs/decisions/035). Constants as defaults: no row
-- is written, and what the version before inserts meanwhile is its own version 1.
ALTER TABLE "ApiRevision"
  ADD COLUMN "compilerVersion" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "form" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "problem" TEXT,
  ADD COLUMN "problemVersion" INTEGER;

-- The routes of a revision are asked for when it is compiled anew.
CREATE INDEX "PublishedApi_revisionId_idx" ON "PublishedApi"("revisionId");
