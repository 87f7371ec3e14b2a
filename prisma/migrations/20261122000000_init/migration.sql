-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('owner', 'admin', 'editor', 'developer', 'viewer');

-- CreateEnum
CREATE TYPE "CatalogKind" AS ENUM ('sandbox', 'production');

-- CreateEnum
CREATE TYPE "BackendAuthKind" AS ENUM ('none', 'basic');

-- CreateEnum
CREATE TYPE "ReleaseState" AS ENUM ('published', 'retired');

-- CreateEnum
CREATE TYPE "ApplicationState" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "CredentialStatus" AS ENUM ('active', 'revoked');

-- CreateEnum
CREATE TYPE "CredentialKind" AS ENUM ('standard', 'test', 'explore');

-- CreateEnum
CREATE TYPE "SubscriptionState" AS ENUM ('pending', 'active', 'suspended', 'rejected', 'cancelled');

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInFailure" (
    "id" BIGSERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SignInFailure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Organization" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "isProvider" BOOLEAN NOT NULL DEFAULT false,
    "isConsumer" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "role" "Role" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Space" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "slug" TEXT,
    "pathPrefix" TEXT NOT NULL,

    CONSTRAINT "Space_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Catalog" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "kind" "CatalogKind" NOT NULL,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Catalog_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiDefinition" (
    "id" UUID NOT NULL,
    "spaceId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "basePath" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "sourceVersion" INTEGER NOT NULL DEFAULT 1,
    "format" TEXT NOT NULL,
    "outline" JSONB NOT NULL,
    "findings" JSONB NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ApiDefinition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiRevision" (
    "id" UUID NOT NULL,
    "apiDefinitionId" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "basePath" TEXT NOT NULL,
    "compiled" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ApiRevision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Operation" (
    "id" UUID NOT NULL,
    "revisionId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "pathTemplate" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "tags" TEXT[],
    "security" JSONB NOT NULL,
    "slice" JSONB NOT NULL,

    CONSTRAINT "Operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Backend" (
    "id" UUID NOT NULL,
    "apiDefinitionId" UUID NOT NULL,
    "catalogId" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "authKind" "BackendAuthKind" NOT NULL DEFAULT 'none',
    "username" TEXT NOT NULL DEFAULT '',
    "sealedPassword" BYTEA,
    "sealKeyId" TEXT,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Backend_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Product" (
    "id" UUID NOT NULL,
    "spaceId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProductApi" (
    "productId" UUID NOT NULL,
    "apiDefinitionId" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ProductApi_pkey" PRIMARY KEY ("productId","apiDefinitionId")
);

-- CreateTable
CREATE TABLE "Plan" (
    "id" UUID NOT NULL,
    "productId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "rateLimits" JSONB NOT NULL,
    "requiresApproval" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProductRelease" (
    "id" UUID NOT NULL,
    "productId" UUID NOT NULL,
    "catalogId" UUID NOT NULL,
    "state" "ReleaseState" NOT NULL DEFAULT 'published',
    "title" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProductRelease_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ReleasePlan" (
    "id" UUID NOT NULL,
    "releaseId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "rateLimits" JSONB NOT NULL,
    "requiresApproval" BOOLEAN NOT NULL,

    CONSTRAINT "ReleasePlan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PublishedApi" (
    "id" UUID NOT NULL,
    "apiDefinitionId" UUID NOT NULL,
    "catalogId" UUID NOT NULL,
    "spaceId" UUID NOT NULL,
    "revisionId" UUID NOT NULL,
    "basePath" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PublishedApi_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ReleaseApi" (
    "releaseId" UUID NOT NULL,
    "publishedApiId" UUID NOT NULL,

    CONSTRAINT "ReleaseApi_pkey" PRIMARY KEY ("releaseId","publishedApiId")
);

-- CreateTable
CREATE TABLE "Application" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" "ApplicationState" NOT NULL DEFAULT 'active',
    "isTest" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Credential" (
    "id" UUID NOT NULL,
    "applicationId" UUID NOT NULL,
    "clientId" TEXT NOT NULL,
    "kind" "CredentialKind" NOT NULL DEFAULT 'standard',
    "environment" "CatalogKind" NOT NULL,
    "catalogId" UUID,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" "CredentialStatus" NOT NULL DEFAULT 'active',
    "expiresAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CredentialSecret" (
    "id" UUID NOT NULL,
    "credentialId" UUID NOT NULL,
    "secretHash" TEXT NOT NULL,
    "verifier" BYTEA NOT NULL,
    "verifierKeyId" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "notAfter" TIMESTAMPTZ(3),

    CONSTRAINT "CredentialSecret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SandboxTestCredential" (
    "catalogId" UUID NOT NULL,
    "applicationId" UUID NOT NULL,
    "credentialId" UUID NOT NULL,
    "sealedSecret" BYTEA NOT NULL,
    "sealKeyId" TEXT NOT NULL,

    CONSTRAINT "SandboxTestCredential_pkey" PRIMARY KEY ("catalogId")
);

-- CreateTable
CREATE TABLE "Subscription" (
    "id" UUID NOT NULL,
    "applicationId" UUID NOT NULL,
    "productId" UUID NOT NULL,
    "catalogId" UUID NOT NULL,
    "releaseId" UUID NOT NULL,
    "releasePlanId" UUID NOT NULL,
    "state" "SubscriptionState" NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "decisionReason" TEXT NOT NULL DEFAULT '',
    "decidedById" UUID,
    "decidedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GatewayChange" (
    "id" BIGSERIAL NOT NULL,
    "xid" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "entityId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "GatewayChange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GatewayNode" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeatAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "appliedXid" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "GatewayNode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "actorId" UUID,
    "actorName" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "targetType" TEXT NOT NULL,
    "targetId" UUID NOT NULL,
    "targetName" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "Session_userId_createdAt_idx" ON "Session"("userId", "createdAt");

-- CreateIndex
CREATE INDEX "SignInFailure_subject_createdAt_idx" ON "SignInFailure"("subject", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Organization_slug_key" ON "Organization"("slug");

-- CreateIndex
CREATE INDEX "Membership_userId_idx" ON "Membership"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Membership_organizationId_userId_key" ON "Membership"("organizationId", "userId");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_tokenHash_key" ON "Invitation"("tokenHash");

-- CreateIndex
CREATE INDEX "Invitation_organizationId_createdAt_idx" ON "Invitation"("organizationId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Space_pathPrefix_key" ON "Space"("pathPrefix");

-- CreateIndex
CREATE INDEX "Space_organizationId_idx" ON "Space"("organizationId");

-- CreateIndex
CREATE UNIQUE INDEX "Catalog_organizationId_slug_key" ON "Catalog"("organizationId", "slug");

-- CreateIndex
CREATE INDEX "ApiDefinition_spaceId_updatedAt_idx" ON "ApiDefinition"("spaceId", "updatedAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiDefinition_spaceId_name_version_key" ON "ApiDefinition"("spaceId", "name", "version");

-- CreateIndex
CREATE UNIQUE INDEX "ApiRevision_apiDefinitionId_hash_key" ON "ApiRevision"("apiDefinitionId", "hash");

-- CreateIndex
CREATE INDEX "Operation_revisionId_position_idx" ON "Operation"("revisionId", "position");

-- CreateIndex
CREATE UNIQUE INDEX "Operation_revisionId_key_key" ON "Operation"("revisionId", "key");

-- CreateIndex
CREATE UNIQUE INDEX "Backend_apiDefinitionId_catalogId_key" ON "Backend"("apiDefinitionId", "catalogId");

-- CreateIndex
CREATE INDEX "Product_spaceId_updatedAt_idx" ON "Product"("spaceId", "updatedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Product_spaceId_name_version_key" ON "Product"("spaceId", "name", "version");

-- CreateIndex
CREATE INDEX "ProductApi_apiDefinitionId_idx" ON "ProductApi"("apiDefinitionId");

-- CreateIndex
CREATE UNIQUE INDEX "Plan_productId_name_key" ON "Plan"("productId", "name");

-- CreateIndex
CREATE INDEX "ProductRelease_catalogId_state_publishedAt_idx" ON "ProductRelease"("catalogId", "state", "publishedAt");

-- CreateIndex
CREATE UNIQUE INDEX "ProductRelease_productId_catalogId_key" ON "ProductRelease"("productId", "catalogId");

-- CreateIndex
CREATE UNIQUE INDEX "ReleasePlan_releaseId_name_key" ON "ReleasePlan"("releaseId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "PublishedApi_apiDefinitionId_catalogId_key" ON "PublishedApi"("apiDefinitionId", "catalogId");

-- CreateIndex
CREATE UNIQUE INDEX "PublishedApi_spaceId_catalogId_basePath_key" ON "PublishedApi"("spaceId", "catalogId", "basePath");

-- CreateIndex
CREATE UNIQUE INDEX "PublishedApi_catalogId_slug_key" ON "PublishedApi"("catalogId", "slug");

-- CreateIndex
CREATE INDEX "ReleaseApi_publishedApiId_idx" ON "ReleaseApi"("publishedApiId");

-- CreateIndex
CREATE INDEX "Application_organizationId_createdAt_idx" ON "Application"("organizationId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Credential_clientId_key" ON "Credential"("clientId");

-- CreateIndex
CREATE INDEX "Credential_applicationId_createdAt_idx" ON "Credential"("applicationId", "createdAt");

-- CreateIndex
CREATE INDEX "CredentialSecret_credentialId_createdAt_idx" ON "CredentialSecret"("credentialId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "SandboxTestCredential_credentialId_key" ON "SandboxTestCredential"("credentialId");

-- CreateIndex
CREATE INDEX "Subscription_applicationId_createdAt_idx" ON "Subscription"("applicationId", "createdAt");

-- CreateIndex
CREATE INDEX "Subscription_catalogId_state_createdAt_idx" ON "Subscription"("catalogId", "state", "createdAt");

-- CreateIndex
CREATE INDEX "Subscription_releaseId_idx" ON "Subscription"("releaseId");

-- CreateIndex
CREATE INDEX "Subscription_releasePlanId_idx" ON "Subscription"("releasePlanId");

-- CreateIndex
CREATE INDEX "GatewayChange_xid_id_idx" ON "GatewayChange"("xid", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_organizationId_createdAt_idx" ON "AuditEvent"("organizationId", "createdAt");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Space" ADD CONSTRAINT "Space_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Catalog" ADD CONSTRAINT "Catalog_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiDefinition" ADD CONSTRAINT "ApiDefinition_spaceId_fkey" FOREIGN KEY ("spaceId") REFERENCES "Space"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiRevision" ADD CONSTRAINT "ApiRevision_apiDefinitionId_fkey" FOREIGN KEY ("apiDefinitionId") REFERENCES "ApiDefinition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Operation" ADD CONSTRAINT "Operation_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "ApiRevision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Backend" ADD CONSTRAINT "Backend_apiDefinitionId_fkey" FOREIGN KEY ("apiDefinitionId") REFERENCES "ApiDefinition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Backend" ADD CONSTRAINT "Backend_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Product" ADD CONSTRAINT "Product_spaceId_fkey" FOREIGN KEY ("spaceId") REFERENCES "Space"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProductApi" ADD CONSTRAINT "ProductApi_productId_fkey" FOREIGN KEY ("productId") REFERENCES "Product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProductApi" ADD CONSTRAINT "ProductApi_apiDefinitionId_fkey" FOREIGN KEY ("apiDefinitionId") REFERENCES "ApiDefinition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Plan" ADD CONSTRAINT "Plan_productId_fkey" FOREIGN KEY ("productId") REFERENCES "Product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProductRelease" ADD CONSTRAINT "ProductRelease_productId_fkey" FOREIGN KEY ("productId") REFERENCES "Product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProductRelease" ADD CONSTRAINT "ProductRelease_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ReleasePlan" ADD CONSTRAINT "ReleasePlan_releaseId_fkey" FOREIGN KEY ("releaseId") REFERENCES "ProductRelease"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublishedApi" ADD CONSTRAINT "PublishedApi_apiDefinitionId_fkey" FOREIGN KEY ("apiDefinitionId") REFERENCES "ApiDefinition"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublishedApi" ADD CONSTRAINT "PublishedApi_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublishedApi" ADD CONSTRAINT "PublishedApi_spaceId_fkey" FOREIGN KEY ("spaceId") REFERENCES "Space"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PublishedApi" ADD CONSTRAINT "PublishedApi_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "ApiRevision"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ReleaseApi" ADD CONSTRAINT "ReleaseApi_releaseId_fkey" FOREIGN KEY ("releaseId") REFERENCES "ProductRelease"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ReleaseApi" ADD CONSTRAINT "ReleaseApi_publishedApiId_fkey" FOREIGN KEY ("publishedApiId") REFERENCES "PublishedApi"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Application" ADD CONSTRAINT "Application_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CredentialSecret" ADD CONSTRAINT "CredentialSecret_credentialId_fkey" FOREIGN KEY ("credentialId") REFERENCES "Credential"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SandboxTestCredential" ADD CONSTRAINT "SandboxTestCredential_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SandboxTestCredential" ADD CONSTRAINT "SandboxTestCredential_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SandboxTestCredential" ADD CONSTRAINT "SandboxTestCredential_credentialId_fkey" FOREIGN KEY ("credentialId") REFERENCES "Credential"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subscription" ADD CONSTRAINT "Subscription_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subscription" ADD CONSTRAINT "Subscription_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "Catalog"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subscription" ADD CONSTRAINT "Subscription_releaseId_fkey" FOREIGN KEY ("releaseId") REFERENCES "ProductRelease"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subscription" ADD CONSTRAINT "Subscription_releasePlanId_fkey" FOREIGN KEY ("releasePlanId") REFERENCES "ReleasePlan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say -----------------------------------------------------------------------------------

-- Rows that other rows need are found by lower-case e-mail address only.
ALTER TABLE "User" ADD CONSTRAINT "User_email_lower" CHECK (email = lower(email));

-- Exactly one default space and one default sandbox per organization.
CREATE UNIQUE INDEX "Space_default" ON "Space" ("organizationId") WHERE slug IS NULL;
CREATE UNIQUE INDEX "Catalog_default" ON "Catalog" ("organizationId") WHERE "isDefault";
ALTER TABLE "Catalog" ADD CONSTRAINT "Catalog_default_is_sandbox" CHECK (NOT "isDefault" OR kind = 'sandbox');

-- At most one subscription of an application to a product in a catalog that is waiting or in force.
CREATE UNIQUE INDEX "Subscription_one_open" ON "Subscription" ("applicationId", "productId", "catalogId")
  WHERE state IN ('pending', 'active', 'suspended');

-- A basic functional ID has a name and a password, and none has neither.
ALTER TABLE "Backend" ADD CONSTRAINT "Backend_auth" CHECK (
  ("authKind" = 'none' AND "sealedPassword" IS NULL)
  OR ("authKind" = 'basic' AND username <> '' AND "sealedPassword" IS NOT NULL AND "sealKeyId" IS NOT NULL)
);

ALTER TABLE "Credential" ADD CONSTRAINT "Credential_client_id" CHECK ("clientId" ~ '^[0-9a-f]{32}$');
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_catalog" CHECK (kind = 'standard' OR "catalogId" IS NOT NULL);
ALTER TABLE "CredentialSecret" ADD CONSTRAINT "CredentialSecret_verifier" CHECK (octet_length(verifier) = 32);

-- Search by words of an operation and of its API.
CREATE INDEX "Operation_search" ON "Operation" USING gin (
  to_tsvector('simple', key || ' ' || "pathTemplate" || ' ' || summary));
CREATE INDEX "ApiRevision_search" ON "ApiRevision" USING gin (
  to_tsvector('simple', title || ' ' || description));

-- The audit log is append-only, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER "AuditEvent_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditEvent"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- At least one owner always. Checked at commit, so that ownership can pass within one transaction.
CREATE FUNCTION require_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "Organization" WHERE id = OLD."organizationId")
     AND NOT EXISTS (SELECT 1 FROM "Membership" WHERE "organizationId" = OLD."organizationId" AND role = 'owner') THEN
    RAISE EXCEPTION 'an organization needs at least one owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'Membership_owner';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "Membership_owner" AFTER UPDATE OR DELETE ON "Membership"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_owner();

-- One row a call, in daily partitions. Never a header, a query or a body (S92).
CREATE TABLE "CallRecord" (
  "time"           timestamptz(3) NOT NULL,
  "requestId"      uuid NOT NULL,
  "organizationId" uuid,
  "catalogId"      uuid,
  "apiId"          uuid,
  "operationKey"   text,
  "applicationId"  uuid,
  "credentialId"   uuid,
  "subscriptionId" uuid,
  "method"         text NOT NULL,
  "status"         smallint NOT NULL,
  -- code of the gateway refusal, and its exact cause for the application owner
  "code"           text,
  "cause"          text,
  "totalMs"        real NOT NULL,
  "backendMs"      real,
  "requestBytes"   bigint NOT NULL,
  "responseBytes"  bigint NOT NULL,
  PRIMARY KEY ("time", "requestId")
) PARTITION BY RANGE ("time");
CREATE INDEX "CallRecord_application" ON "CallRecord" ("applicationId", "time");
CREATE INDEX "CallRecord_request" ON "CallRecord" ("requestId");

-- Makes the partitions of today and the next days; many gateways may call it at once.
CREATE FUNCTION ensure_call_record_partitions(days_ahead int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  day date;
BEGIN
  PERFORM pg_advisory_xact_lock(7046202);
  FOR offset_days IN -1..days_ahead LOOP
    day := (now() AT TIME ZONE 'UTC')::date + offset_days;
    EXECUTE format(
      'CREATE TABLE IF NOT EXISTS %I PARTITION OF "CallRecord" FOR VALUES FROM (%L) TO (%L)',
      'CallRecord_' || to_char(day, 'YYYYMMDD'),
      to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00',
      to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
  END LOOP;
END $$;
