-- What was there before the triggers of the step before. Counted as they stand: what a portal of before adds meanwhile
-- belongs to a revision that this statement does not see.
UPDATE "ApiRevision" r SET "operationCount" = (SELECT count(*) FROM "Operation" o WHERE o."revisionId" = r.id)
  WHERE "operationCount" = 0;
