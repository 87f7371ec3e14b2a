-- What one address or person has tried within the window of a budget: one row a subject, counted in one statement, so that
-- parallel tries see each other. "SignInFailure" is read by the version before only, and goes with the next one.
CREATE TABLE "Attempt" (
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Attempt_pkey" PRIMARY KEY ("subject")
);
CREATE INDEX "Attempt_endsAt_idx" ON "Attempt"("endsAt");

-- Which browser a session is of, so that its owner knows it in the list.
ALTER TABLE "Session" ADD COLUMN "userAgent" TEXT NOT NULL DEFAULT '';

-- An invitation ends with its sender, and there is one live link for an address.
ALTER TABLE "Invitation" ADD COLUMN "invitedById" UUID;
UPDATE "Invitation" SET "invitedById" = e."actorId"
  FROM "AuditEvent" e
  WHERE "Invitation"."acceptedAt" IS NULL AND e."action" = 'member.invited' AND e."targetId" = "Invitation"."id";
DELETE FROM "Invitation" older USING "Invitation" newer
  WHERE older."acceptedAt" IS NULL AND newer."acceptedAt" IS NULL
    AND older."organizationId" = newer."organizationId" AND older."email" = newer."email"
    AND (older."createdAt", older."id") < (newer."createdAt", newer."id");
CREATE UNIQUE INDEX "Invitation_live_key" ON "Invitation"("organizationId", "email") WHERE "acceptedAt" IS NULL;
CREATE INDEX "Invitation_invitedById_idx" ON "Invitation"("invitedById") WHERE "acceptedAt" IS NULL;
