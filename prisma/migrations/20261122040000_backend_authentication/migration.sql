-- How the gateway signs in at a backend: what it sends in headers ("authKind"), and apart from it what is proved on the
-- TLS connection. "sealedPassword" is the one secret of the kind: password, header value or client secret.
ALTER TYPE "BackendAuthKind" ADD VALUE 'header';
ALTER TYPE "BackendAuthKind" ADD VALUE 'oauth';
CREATE TYPE "TokenAuthStyle" AS ENUM ('basic', 'body');

ALTER TABLE "Backend"
  ADD COLUMN "headerName" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "tokenUrl" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "tokenScope" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "tokenAuthStyle" "TokenAuthStyle" NOT NULL DEFAULT 'basic',
  ADD COLUMN "clientCertificate" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "sealedClientKey" BYTEA,
  ADD COLUMN "clientKeySealKeyId" TEXT,
  ADD COLUMN "authorities" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "serverName" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "proof" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "connectTimeoutMs" INTEGER NOT NULL DEFAULT 5000,
  ADD COLUMN "responseTimeoutMs" INTEGER NOT NULL DEFAULT 30000;

-- A kind has all that it needs, and none has no secret. As text: a new value of an enum cannot be used in the
-- transaction that adds it.
ALTER TABLE "Backend" DROP CONSTRAINT "Backend_auth";
ALTER TABLE "Backend" ADD CONSTRAINT "Backend_auth" CHECK (
  ("authKind"::text = 'none' AND "sealedPassword" IS NULL)
  OR ("sealedPassword" IS NOT NULL AND "sealKeyId" IS NOT NULL AND (
    ("authKind"::text = 'basic' AND username <> '')
    OR ("authKind"::text = 'header' AND "headerName" <> '')
    OR ("authKind"::text = 'oauth' AND username <> '' AND "tokenUrl" <> '')
  ))
);
-- A client certificate and its sealed key are there together.
ALTER TABLE "Backend" ADD CONSTRAINT "Backend_client_certificate" CHECK (
  ("clientCertificate" <> '') = ("sealedClientKey" IS NOT NULL)
  AND ("sealedClientKey" IS NULL) = ("clientKeySealKeyId" IS NULL)
);
ALTER TABLE "Backend" ADD CONSTRAINT "Backend_times" CHECK (
  "connectTimeoutMs" BETWEEN 100 AND 60000 AND "responseTimeoutMs" BETWEEN 100 AND 600000
);
