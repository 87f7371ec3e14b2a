-- Which start a gateway process belongs to, so that the next start at its place replaces it whatever its processes are
-- called; and where it counts limits, so that a mixture is noticed. Null: a process of an older version.
ALTER TABLE "GatewayNode" ADD COLUMN "run" UUID, ADD COLUMN "limitStore" TEXT;
