-- The public address of an API in a catalog: without a version, given at the first publish, kept from then on (F52).
CREATE TABLE "ApiAddress" (
  "id"        UUID NOT NULL,
  "catalogId" UUID NOT NULL,
  "spaceId"   UUID NOT NULL,
  "slug"      TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "ApiAddress_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ApiAddress_catalogId_slug_key" ON "ApiAddress"("catalogId", "slug");
CREATE INDEX "ApiAddress_spaceId_idx" ON "ApiAddress"("spaceId");
ALTER TABLE "ApiAddress" ADD CONSTRAINT "ApiAddress_catalogId_fkey"
  FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ApiAddress" ADD CONSTRAINT "ApiAddress_spaceId_fkey"
  FOREIGN KEY ("spaceId") REFERENCES "Space"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Which drafts have had the address, and since when each version of theirs; outlives retirement.
CREATE TABLE "ApiAddressVersion" (
  "addressId"        UUID NOT NULL,
  "apiDefinitionId"  UUID NOT NULL,
  "version"          TEXT NOT NULL,
  "firstPublishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "ApiAddressVersion_pkey" PRIMARY KEY ("addressId", "apiDefinitionId", "version")
);
CREATE INDEX "ApiAddressVersion_apiDefinitionId_idx" ON "ApiAddressVersion"("apiDefinitionId");
ALTER TABLE "ApiAddressVersion" ADD CONSTRAINT "ApiAddressVersion_addressId_fkey"
  FOREIGN KEY ("addressId") REFERENCES "ApiAddress"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ApiAddressVersion" ADD CONSTRAINT "ApiAddressVersion_apiDefinitionId_fkey"
  FOREIGN KEY ("apiDefinitionId") REFERENCES "ApiDefinition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Addresses of before, name-version: they lead to the one of today.
CREATE TABLE "ApiRedirect" (
  "catalogId" UUID NOT NULL,
  "slug"      TEXT NOT NULL,
  "addressId" UUID NOT NULL,
  "version"   TEXT NOT NULL,
  CONSTRAINT "ApiRedirect_pkey" PRIMARY KEY ("catalogId", "slug")
);
CREATE INDEX "ApiRedirect_addressId_idx" ON "ApiRedirect"("addressId");
ALTER TABLE "ApiRedirect" ADD CONSTRAINT "ApiRedirect_catalogId_fkey"
  FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ApiRedirect" ADD CONSTRAINT "ApiRedirect_addressId_fkey"
  FOREIGN KEY ("addressId") REFERENCES "ApiAddress"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "PublishedApi" ADD COLUMN "addressId" UUID;
ALTER TABLE "PublishedApi" ADD COLUMN "firstPublishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
CREATE INDEX "PublishedApi_addressId_idx" ON "PublishedApi"("addressId");
ALTER TABLE "PublishedApi" ADD CONSTRAINT "PublishedApi_addressId_fkey"
  FOREIGN KEY ("addressId") REFERENCES "ApiAddress"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- A portal of before knows no addresses and may publish while this one runs already: its rows get theirs here, by the
-- name of the draft in its space. lib/api-address/give-address.ts gives those of today's portals and refuses in words;
-- here nobody reads words, so a slug that is taken gets a number.
CREATE FUNCTION give_api_address() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  live_version text;
  api_name text;
  api_title text;
  n int := 0;
BEGIN
  SELECT version INTO live_version FROM "ApiRevision" WHERE id = NEW."revisionId";
  IF NEW."addressId" IS NULL THEN
    SELECT name, lower(title) INTO api_name, api_title FROM "ApiDefinition" WHERE id = NEW."apiDefinitionId";
    SELECT a.id INTO NEW."addressId"
      FROM "ApiAddress" a
      JOIN "ApiAddressVersion" v ON v."addressId" = a.id
      JOIN "ApiDefinition" d ON d.id = v."apiDefinitionId"
      WHERE a."catalogId" = NEW."catalogId" AND a."spaceId" = NEW."spaceId"
        AND (d.id = NEW."apiDefinitionId" OR (d.name = api_name AND lower(d.title) = api_title))
      ORDER BY d.id = NEW."apiDefinitionId" DESC, a."createdAt", a.id
      LIMIT 1;
    WHILE NEW."addressId" IS NULL LOOP
      n := n + 1;
      INSERT INTO "ApiAddress" (id, "catalogId", "spaceId", slug)
        VALUES (gen_random_uuid(), NEW."catalogId", NEW."spaceId", api_name || CASE WHEN n > 1 THEN '-' || n ELSE '' END)
        ON CONFLICT DO NOTHING
        RETURNING id INTO NEW."addressId";
    END LOOP;
  END IF;
  INSERT INTO "ApiAddressVersion" ("addressId", "apiDefinitionId", version)
    VALUES (NEW."addressId", NEW."apiDefinitionId", live_version)
    ON CONFLICT DO NOTHING;
  SELECT "firstPublishedAt" INTO NEW."firstPublishedAt" FROM "ApiAddressVersion"
    WHERE "addressId" = NEW."addressId" AND "apiDefinitionId" = NEW."apiDefinitionId" AND version = live_version;
  INSERT INTO "ApiRedirect" ("catalogId", slug, "addressId", version)
    VALUES (NEW."catalogId", NEW.slug, NEW."addressId", live_version)
    ON CONFLICT ("catalogId", slug) DO UPDATE SET "addressId" = excluded."addressId", version = excluded.version;
  RETURN NEW;
END $$;
CREATE TRIGGER "PublishedApi_address" BEFORE INSERT OR UPDATE OF "addressId", "revisionId", slug ON "PublishedApi"
  FOR EACH ROW EXECUTE FUNCTION give_api_address();
