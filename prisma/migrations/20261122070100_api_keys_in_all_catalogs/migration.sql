-- An API key works in every catalog of its environment, as a client's credential does.
ALTER TABLE "Credential" DROP CONSTRAINT "Credential_catalog";
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_catalog" CHECK (kind::text IN ('standard', 'service') OR "catalogId" IS NOT NULL);
