-- A change to a plan that asks for approval waits beside the subscription that is in force, so that no call fails meanwhile.
-- Still at most one in force, and at most one waiting.
CREATE UNIQUE INDEX "Subscription_one_in_force" ON "Subscription" ("applicationId", "productId", "catalogId")
  WHERE state IN ('active', 'suspended');
CREATE UNIQUE INDEX "Subscription_one_pending" ON "Subscription" ("applicationId", "productId", "catalogId")
  WHERE state = 'pending';
DROP INDEX "Subscription_one_open";
