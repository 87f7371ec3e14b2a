-- What a product's draft and its releases say of each other. Columns are added without a value to write into old rows.

-- +1 with each save, like an API draft's sourceVersion: the second of two editors is told.
ALTER TABLE "Product" ADD COLUMN "draftVersion" INTEGER NOT NULL DEFAULT 1;

-- A process of an older version saves without counting: its saves are counted here.
CREATE FUNCTION "Product_count_saves"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."updatedAt" <> OLD."updatedAt" AND NEW."draftVersion" = OLD."draftVersion" THEN
    NEW."draftVersion" := OLD."draftVersion" + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "Product_count_saves" BEFORE UPDATE ON "Product"
  FOR EACH ROW EXECUTE FUNCTION "Product_count_saves"();

-- The version of the draft that was read for a publish; null: by a process of an older version, times are compared.
ALTER TABLE "ProductRelease" ADD COLUMN "draftVersion" INTEGER;
ALTER TABLE "ProductRelease" ADD COLUMN "retiredAt" TIMESTAMPTZ(3);
ALTER TABLE "ProductRelease" ADD COLUMN "retireReason" TEXT NOT NULL DEFAULT '';
ALTER TABLE "PublishedApi" ADD COLUMN "sourceVersion" INTEGER;

-- A plan's own ID (Plan.id) in the release; until now plans were matched by name, so the name tells it for what there is.
ALTER TABLE "ReleasePlan" ADD COLUMN "planId" UUID;
ALTER TABLE "ReleasePlan" ADD COLUMN "endedAt" TIMESTAMPTZ(3);
UPDATE "ReleasePlan" released SET "planId" = plan.id
FROM "ProductRelease" release
JOIN "Plan" plan ON plan."productId" = release."productId"
WHERE released."releaseId" = release.id AND plan.name = released.name;
CREATE UNIQUE INDEX "ReleasePlan_releaseId_planId_key" ON "ReleasePlan"("releaseId", "planId");

-- When and how a subscription ended; null: it has not, or a process of an older version ended it.
ALTER TABLE "Subscription" ADD COLUMN "endedAt" TIMESTAMPTZ(3);
ALTER TABLE "Subscription" ADD COLUMN "endCause" TEXT;
ALTER TABLE "Subscription" ADD COLUMN "endReason" TEXT NOT NULL DEFAULT '';
