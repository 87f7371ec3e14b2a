-- What its owner narrows a credential to: the addresses and networks that it works from, and the APIs (ids of
-- "ApiDefinition") that it works for. Empty: all of them.
ALTER TABLE "Credential"
  ADD COLUMN "networks" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "scope" UUID[] DEFAULT ARRAY[]::UUID[];
