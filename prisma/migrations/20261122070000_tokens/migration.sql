-- Access tokens: the keys that sign them, and service IDs with their API keys and policies.
CREATE TABLE "SigningKey" (
    "id" UUID NOT NULL,
    "publicKey" JSONB NOT NULL,
    "sealedPrivateKey" BYTEA NOT NULL,
    "sealKeyId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "signsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3),

    CONSTRAINT "SigningKey_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ServiceId" (
    "id" UUID NOT NULL,
    "applicationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ServiceId_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ServiceId_applicationId_name_key" ON "ServiceId"("applicationId", "name");
ALTER TABLE "ServiceId" ADD CONSTRAINT "ServiceId_applicationId_fkey"
  FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "ServiceIdApi" (
    "serviceIdId" UUID NOT NULL,
    "apiDefinitionId" UUID NOT NULL,

    CONSTRAINT "ServiceIdApi_pkey" PRIMARY KEY ("serviceIdId", "apiDefinitionId")
);
CREATE INDEX "ServiceIdApi_apiDefinitionId_idx" ON "ServiceIdApi"("apiDefinitionId");
ALTER TABLE "ServiceIdApi" ADD CONSTRAINT "ServiceIdApi_serviceIdId_fkey"
  FOREIGN KEY ("serviceIdId") REFERENCES "ServiceId"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ServiceIdApi" ADD CONSTRAINT "ServiceIdApi_apiDefinitionId_fkey"
  FOREIGN KEY ("apiDefinitionId") REFERENCES "ApiDefinition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TYPE "CredentialKind" ADD VALUE 'service';
ALTER TABLE "Credential" ADD COLUMN "serviceIdId" UUID;
CREATE INDEX "Credential_serviceIdId_idx" ON "Credential"("serviceIdId");
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_serviceIdId_fkey"
  FOREIGN KEY ("serviceIdId") REFERENCES "ServiceId"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- As text: the value was added in this transaction, and may not be used in it yet.
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_key_of_a_service_id"
  CHECK ((kind::text = 'service') = ("serviceIdId" IS NOT NULL));
