-- People who run the installation; what they do belongs to no organization.
ALTER TABLE "User" ADD COLUMN "isAdministrator" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "AuditEvent" ALTER COLUMN "organizationId" DROP NOT NULL;

-- What administrators see of each gateway.
ALTER TABLE "GatewayNode" ADD COLUMN "version" TEXT;
ALTER TABLE "GatewayNode" ADD COLUMN "draining" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "GatewayNode_address_id_idx" ON "GatewayNode"("address", "id");

-- The token endpoint counts here too: what is old goes without reading the rest.
CREATE INDEX "SignInFailure_createdAt_idx" ON "SignInFailure"("createdAt");
