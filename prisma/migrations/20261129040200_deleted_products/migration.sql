-- A deleted product of which developers still read how their subscriptions ended: nothing else shows it.
ALTER TABLE "Product" ADD COLUMN "deletedAt" TIMESTAMPTZ(3);
