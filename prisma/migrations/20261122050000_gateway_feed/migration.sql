-- How far the feed has been pruned: a gateway that stopped reading before it cannot catch up and reloads everything.
CREATE TABLE "GatewayFeed" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "prunedXid" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "GatewayFeed_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "GatewayFeed_one_row" CHECK ("id" = 1)
);
INSERT INTO "GatewayFeed" DEFAULT VALUES;
