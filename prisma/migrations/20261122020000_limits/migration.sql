-- What a plan limits beside its rate limits. A process that does not know these columns reads the rate limits as before.
ALTER TABLE "Plan"
  ADD COLUMN "burstLimits" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "quotas" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "operationLimits" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "ReleasePlan"
  ADD COLUMN "burstLimits" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "quotas" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "operationLimits" JSONB NOT NULL DEFAULT '[]';

-- Which gateways count, and whether one of them counts alone, in its own memory (docs/decisions/013).
ALTER TABLE "GatewayNode"
  ADD COLUMN "countsAlone" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "countsAt" TIMESTAMPTZ(3);

CREATE TABLE "LimitCounter" (
  "key" TEXT NOT NULL,
  "startsAt" TIMESTAMPTZ(3) NOT NULL,
  "endsAt" TIMESTAMPTZ(3) NOT NULL,
  "used" BIGINT NOT NULL,
  CONSTRAINT "LimitCounter_pkey" PRIMARY KEY ("key", "startsAt"),
  CONSTRAINT "LimitCounter_used_check" CHECK ("used" >= 0)
);
CREATE INDEX "LimitCounter_endsAt_idx" ON "LimitCounter" ("endsAt");

-- Enters a gateway in the list of those that count, and settles who counts alone. One at a time: a gateway that asks to
-- count alone sees every other one. Another that has not asked for five seconds is taken for dead.
CREATE FUNCTION limit_counter_join(node UUID, node_address TEXT, wants_alone BOOLEAN)
RETURNS TABLE (others INT, other_alone BOOLEAN, alone BOOLEAN) LANGUAGE plpgsql AS $$
DECLARE
  now_at TIMESTAMPTZ;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('portico_limit_counter_join', 0));
  now_at := clock_timestamp();
  SELECT count(*)::int, coalesce(bool_or(n."countsAlone"), false) INTO others, other_alone
    FROM "GatewayNode" n WHERE n.id <> node AND n."countsAt" > now_at - interval '5 seconds';
  -- Whoever counts alone already goes on until it says otherwise, after its counts are in the table; not one that was
  -- taken for dead meanwhile.
  SELECT wants_alone AND (others = 0
      OR coalesce(bool_or(n."countsAlone" AND n."countsAt" > now_at - interval '5 seconds'), false)) INTO alone
    FROM "GatewayNode" n WHERE n.id = node;
  INSERT INTO "GatewayNode" (id, address, "countsAlone", "countsAt") VALUES (node, node_address, alone, now_at)
    ON CONFLICT (id) DO UPDATE SET "countsAlone" = excluded."countsAlone", "countsAt" = excluded."countsAt";
  RETURN NEXT;
END $$;

-- Leases calls of windows to a gateway: `debts` are calls that it let pass already (below zero: that it gives back),
-- `waiting` calls wait for the answer, `ahead` are wanted for calls to come. Never more than the window's cap in all.
-- Answers no row while another gateway counts alone. Rows come in the order of their keys, so that two gateways cannot
-- lock each other out.
CREATE FUNCTION limit_counter_take(
  node UUID, live INT, keys TEXT[], starts TIMESTAMPTZ[], ends TIMESTAMPTZ[], caps BIGINT[], debts BIGINT[],
  waiting BIGINT[], ahead BIGINT[]
) RETURNS TABLE (item INT, granted BIGINT, total BIGINT) LANGUAGE plpgsql AS $$
DECLARE
  r RECORD;
  room BIGINT;
  more BIGINT;
BEGIN
  IF EXISTS (SELECT 1 FROM "GatewayNode" n
    WHERE n.id <> node AND n."countsAlone" AND n."countsAt" > clock_timestamp() - interval '5 seconds') THEN
    RETURN;
  END IF;
  FOR r IN SELECT i.n::int AS n, i.k, i.s, i.e, i.cap, i.debt, i.wait, i.more
    FROM unnest(keys, starts, ends, caps, debts, waiting, ahead) WITH ORDINALITY AS i(k, s, e, cap, debt, wait, more, n)
    ORDER BY i.k, i.s
  LOOP
    INSERT INTO "LimitCounter" AS c ("key", "startsAt", "endsAt", "used") VALUES (r.k, r.s, r.e, greatest(0, r.debt))
      ON CONFLICT ("key", "startsAt") DO UPDATE SET "used" = greatest(0, c."used" + r.debt)
      RETURNING c."used" INTO total;
    room := greatest(0, r.cap - total);
    granted := least(room, r.wait);
    -- What is left is shared among the gateways twice over; near the limit each call asks, so that nothing lies idle.
    more := least(r.more, (room - granted) / (2 * greatest(1, live)));
    IF more >= 8 OR more = r.more THEN granted := granted + more; END IF;
    IF granted > 0 THEN
      UPDATE "LimitCounter" c SET "used" = c."used" + granted
        WHERE c."key" = r.k AND c."startsAt" = r.s RETURNING c."used" INTO total;
    END IF;
    item := r.n - 1;
    RETURN NEXT;
  END LOOP;
END $$;
