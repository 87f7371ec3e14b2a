-- What was live before addresses had rows gets one each, by the trigger (a step of its own: the table is read meanwhile).
UPDATE "PublishedApi" SET "addressId" = NULL WHERE "addressId" IS NULL;

-- When a version was published first, as far as it is known: when its oldest text was frozen.
UPDATE "ApiAddressVersion" v SET "firstPublishedAt" = r.first
  FROM (SELECT "apiDefinitionId", version, min("createdAt") AS first FROM "ApiRevision" GROUP BY 1, 2) r
  WHERE r."apiDefinitionId" = v."apiDefinitionId" AND r.version = v.version AND r.first < v."firstPublishedAt";
UPDATE "PublishedApi" p SET "firstPublishedAt" = v."firstPublishedAt"
  FROM "ApiAddressVersion" v, "ApiRevision" r
  WHERE r.id = p."revisionId" AND v."addressId" = p."addressId" AND v."apiDefinitionId" = p."apiDefinitionId"
    AND v.version = r.version;
