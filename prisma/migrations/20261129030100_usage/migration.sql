-- Usage, rolled up from call records (docs/decisions/033-usage.md). Like "CallRecord", these tables are not Prisma's.
--
-- Outcomes are columns and add up to all calls. Times and the histogram (24 buckets, lib/usage/usage.rules.ts) are of the
-- calls that were answered: what the gateway refused took no time worth knowing.

-- Written by the gateways, in the statement that stores the records. Its rows are updated several times a second: room in
-- each page keeps the new version of a row beside the old one, so that no index is touched.
CREATE TABLE "UsageHour" (
  "organizationId" uuid NOT NULL,
  "hour" timestamptz(0) NOT NULL,
  "catalogId" uuid NOT NULL,
  "apiId" uuid NOT NULL,
  "ok" bigint NOT NULL, "clientError" bigint NOT NULL, "refusedByLimit" bigint NOT NULL, "refused" bigint NOT NULL, "serverError" bigint NOT NULL,
  "totalMs" double precision NOT NULL, "backendMs" double precision NOT NULL,
  "requestBytes" bigint NOT NULL, "responseBytes" bigint NOT NULL,
  "b00" integer NOT NULL, "b01" integer NOT NULL, "b02" integer NOT NULL, "b03" integer NOT NULL, "b04" integer NOT NULL, "b05" integer NOT NULL, "b06" integer NOT NULL, "b07" integer NOT NULL,
  "b08" integer NOT NULL, "b09" integer NOT NULL, "b10" integer NOT NULL, "b11" integer NOT NULL, "b12" integer NOT NULL, "b13" integer NOT NULL, "b14" integer NOT NULL, "b15" integer NOT NULL,
  "b16" integer NOT NULL, "b17" integer NOT NULL, "b18" integer NOT NULL, "b19" integer NOT NULL, "b20" integer NOT NULL, "b21" integer NOT NULL, "b22" integer NOT NULL, "b23" integer NOT NULL,
  PRIMARY KEY ("organizationId", "hour", "catalogId", "apiId")
) WITH (fillfactor = 60);
CREATE INDEX "UsageHour_hour" ON "UsageHour" ("hour");

-- Made by the roll-up job alone, from the hours and from the records of a day; kept for ever.
CREATE TABLE "UsageDay" (
  "organizationId" uuid NOT NULL,
  "day" date NOT NULL,
  "catalogId" uuid NOT NULL,
  "apiId" uuid NOT NULL,
  "ok" bigint NOT NULL, "clientError" bigint NOT NULL, "refusedByLimit" bigint NOT NULL, "refused" bigint NOT NULL, "serverError" bigint NOT NULL,
  "totalMs" double precision NOT NULL, "backendMs" double precision NOT NULL,
  "requestBytes" bigint NOT NULL, "responseBytes" bigint NOT NULL,
  "b00" bigint NOT NULL, "b01" bigint NOT NULL, "b02" bigint NOT NULL, "b03" bigint NOT NULL, "b04" bigint NOT NULL, "b05" bigint NOT NULL, "b06" bigint NOT NULL, "b07" bigint NOT NULL,
  "b08" bigint NOT NULL, "b09" bigint NOT NULL, "b10" bigint NOT NULL, "b11" bigint NOT NULL, "b12" bigint NOT NULL, "b13" bigint NOT NULL, "b14" bigint NOT NULL, "b15" bigint NOT NULL,
  "b16" bigint NOT NULL, "b17" bigint NOT NULL, "b18" bigint NOT NULL, "b19" bigint NOT NULL, "b20" bigint NOT NULL, "b21" bigint NOT NULL, "b22" bigint NOT NULL, "b23" bigint NOT NULL,
  PRIMARY KEY ("organizationId", "day", "catalogId", "apiId")
);
CREATE INDEX "UsageDay_day" ON "UsageDay" ("day");

-- What applications called. "organizationId" is the provider's, whose API it was.
CREATE TABLE "UsageApplicationDay" (
  "organizationId" uuid NOT NULL,
  "day" date NOT NULL,
  "applicationId" uuid NOT NULL,
  "catalogId" uuid NOT NULL,
  "apiId" uuid NOT NULL,
  "ok" bigint NOT NULL, "clientError" bigint NOT NULL, "refusedByLimit" bigint NOT NULL, "refused" bigint NOT NULL, "serverError" bigint NOT NULL,
  "totalMs" double precision NOT NULL, "backendMs" double precision NOT NULL,
  "requestBytes" bigint NOT NULL, "responseBytes" bigint NOT NULL,
  "b00" integer NOT NULL, "b01" integer NOT NULL, "b02" integer NOT NULL, "b03" integer NOT NULL, "b04" integer NOT NULL, "b05" integer NOT NULL, "b06" integer NOT NULL, "b07" integer NOT NULL,
  "b08" integer NOT NULL, "b09" integer NOT NULL, "b10" integer NOT NULL, "b11" integer NOT NULL, "b12" integer NOT NULL, "b13" integer NOT NULL, "b14" integer NOT NULL, "b15" integer NOT NULL,
  "b16" integer NOT NULL, "b17" integer NOT NULL, "b18" integer NOT NULL, "b19" integer NOT NULL, "b20" integer NOT NULL, "b21" integer NOT NULL, "b22" integer NOT NULL, "b23" integer NOT NULL,
  PRIMARY KEY ("organizationId", "day", "applicationId", "catalogId", "apiId")
);
CREATE INDEX "UsageApplicationDay_application" ON "UsageApplicationDay" ("applicationId", "day");
CREATE INDEX "UsageApplicationDay_day" ON "UsageApplicationDay" ("day");

CREATE TABLE "UsageApplicationMonth" (
  "organizationId" uuid NOT NULL,
  "month" date NOT NULL,
  "applicationId" uuid NOT NULL,
  "catalogId" uuid NOT NULL,
  "apiId" uuid NOT NULL,
  "ok" bigint NOT NULL, "clientError" bigint NOT NULL, "refusedByLimit" bigint NOT NULL, "refused" bigint NOT NULL, "serverError" bigint NOT NULL,
  "totalMs" double precision NOT NULL, "backendMs" double precision NOT NULL,
  "requestBytes" bigint NOT NULL, "responseBytes" bigint NOT NULL,
  "b00" bigint NOT NULL, "b01" bigint NOT NULL, "b02" bigint NOT NULL, "b03" bigint NOT NULL, "b04" bigint NOT NULL, "b05" bigint NOT NULL, "b06" bigint NOT NULL, "b07" bigint NOT NULL,
  "b08" bigint NOT NULL, "b09" bigint NOT NULL, "b10" bigint NOT NULL, "b11" bigint NOT NULL, "b12" bigint NOT NULL, "b13" bigint NOT NULL, "b14" bigint NOT NULL, "b15" bigint NOT NULL,
  "b16" bigint NOT NULL, "b17" bigint NOT NULL, "b18" bigint NOT NULL, "b19" bigint NOT NULL, "b20" bigint NOT NULL, "b21" bigint NOT NULL, "b22" bigint NOT NULL, "b23" bigint NOT NULL,
  PRIMARY KEY ("organizationId", "month", "applicationId", "catalogId", "apiId")
);
CREATE INDEX "UsageApplicationMonth_application" ON "UsageApplicationMonth" ("applicationId", "month");
CREATE INDEX "UsageApplicationMonth_month" ON "UsageApplicationMonth" ("month");

-- "operationKey" is '' for calls that met no operation of the API.
CREATE TABLE "UsageOperationDay" (
  "organizationId" uuid NOT NULL,
  "apiId" uuid NOT NULL,
  "day" date NOT NULL,
  "catalogId" uuid NOT NULL,
  "operationKey" text NOT NULL,
  "ok" bigint NOT NULL, "clientError" bigint NOT NULL, "refusedByLimit" bigint NOT NULL, "refused" bigint NOT NULL, "serverError" bigint NOT NULL,
  "totalMs" double precision NOT NULL, "backendMs" double precision NOT NULL,
  "requestBytes" bigint NOT NULL, "responseBytes" bigint NOT NULL,
  "b00" integer NOT NULL, "b01" integer NOT NULL, "b02" integer NOT NULL, "b03" integer NOT NULL, "b04" integer NOT NULL, "b05" integer NOT NULL, "b06" integer NOT NULL, "b07" integer NOT NULL,
  "b08" integer NOT NULL, "b09" integer NOT NULL, "b10" integer NOT NULL, "b11" integer NOT NULL, "b12" integer NOT NULL, "b13" integer NOT NULL, "b14" integer NOT NULL, "b15" integer NOT NULL,
  "b16" integer NOT NULL, "b17" integer NOT NULL, "b18" integer NOT NULL, "b19" integer NOT NULL, "b20" integer NOT NULL, "b21" integer NOT NULL, "b22" integer NOT NULL, "b23" integer NOT NULL,
  PRIMARY KEY ("organizationId", "apiId", "day", "catalogId", "operationKey")
);
CREATE INDEX "UsageOperationDay_day" ON "UsageOperationDay" ("day");

-- Days (UTC) whose records changed, one row a batch. No key: a writer that had to compare its mark with one that the job
-- is taking away would wait for the job.
CREATE TABLE "UsageDirty" ("day" date NOT NULL);
-- Days that the job has to make anew, and when it last ran; nobody but the job touches them.
CREATE TABLE "UsageDue" ("day" date PRIMARY KEY);
CREATE TABLE "UsageRun" ("id" integer PRIMARY KEY CHECK ("id" = 1), "endedAt" timestamptz NOT NULL);

-- Calls that did not authenticate, counted: of these the records are a sample (F5). "block" is a network, never an
-- address: /24 of IPv4, /48 of IPv6, '' for those that came from more networks than are told apart.
CREATE TABLE "UnauthenticatedMinute" (
  "minute"         timestamptz(0) NOT NULL,
  "organizationId" uuid,
  "catalogId"      uuid,
  "apiId"          uuid,
  "reason"         text NOT NULL,
  "block"          text NOT NULL,
  "calls"          bigint NOT NULL
);
CREATE UNIQUE INDEX "UnauthenticatedMinute_key" ON "UnauthenticatedMinute"
  ("minute", "organizationId", "catalogId", "apiId", "reason", "block") NULLS NOT DISTINCT;
CREATE INDEX "UnauthenticatedMinute_organization" ON "UnauthenticatedMinute" ("organizationId", "minute");

-- Counts that were added, so that those that are sent again are not added twice.
CREATE TABLE "UsageBatch" ("id" uuid PRIMARY KEY, "at" timestamptz NOT NULL);
CREATE INDEX "UsageBatch_at" ON "UsageBatch" ("at");

-- Days of which records were dropped: none of them gets a partition again, so that one that has a partition has it whole.
CREATE TABLE "CallRecordDropped" ("day" date PRIMARY KEY);

CREATE OR REPLACE FUNCTION admit_call_record_day(day date, days_kept int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
  IF day < today - days_kept OR day > today + 1 THEN RETURN false; END IF;
  IF EXISTS (SELECT FROM "CallRecordDropped" dropped WHERE dropped."day" = admit_call_record_day.day) THEN
    RETURN false;
  END IF;
  PERFORM ensure_call_record_partition(day);
  RETURN true;
END $$;

-- Drops one partition that is past its time, or the oldest while all of them together are larger than bytes_max (NULL: as
-- large as they like), but never yesterday's or today's; its name, or NULL. Short waits as before, for the same reasons.
CREATE FUNCTION drop_call_record_partition(days_kept int, bytes_max bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  oldest text;
  day date;
  bytes bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7046203) THEN RETURN NULL; END IF;
  SELECT min(child.relname), sum(pg_total_relation_size(child.oid)) INTO oldest, bytes
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = '"CallRecord"'::regclass AND child.relname ~ '^CallRecord_\d{8}$';
  IF oldest IS NULL THEN RETURN NULL; END IF;
  day := to_date(right(oldest, 8), 'YYYYMMDD');
  IF day >= today - 1 THEN RETURN NULL; END IF;
  IF day >= today - days_kept AND (bytes_max IS NULL OR bytes <= bytes_max) THEN RETURN NULL; END IF;
  PERFORM set_config('lock_timeout', '200ms', true);
  EXECUTE format('DROP TABLE %I', oldest);
  INSERT INTO "CallRecordDropped" VALUES (day) ON CONFLICT DO NOTHING;
  RETURN oldest;
END $$;

-- What an older gateway calls.
CREATE OR REPLACE FUNCTION drop_expired_call_record_partition(days_kept int) RETURNS text LANGUAGE sql AS $$
  SELECT drop_call_record_partition(days_kept, NULL)
$$;

-- The days that are there were written by a version that rolled nothing up.
INSERT INTO "UsageDue"
  SELECT to_date(right(child.relname, 8), 'YYYYMMDD') FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
  WHERE inhparent = '"CallRecord"'::regclass AND child.relname ~ '^CallRecord_\d{8}$';

-- Gateways write meanwhile. New columns without a default change no row, but need the table alone for a moment; whoever
-- waits for that moment lets nobody else in, so that it waits 200 ms at most and tries again. Last in this script, because
-- what is locked here stays so until its end.
DO $$
BEGIN
  FOR attempt IN 1..200 LOOP
    BEGIN
      -- After a minute, rather a pause of the writers, who have their spool, than no new version.
      PERFORM set_config('lock_timeout', CASE WHEN attempt < 200 THEN '200ms' ELSE '0' END, true);
      ALTER TABLE "CallRecord"
        -- http, explore, test; null: stored by a version that knew none
        ADD COLUMN "channel" text,
        -- which secret matched: 0 the newest that was live, 1 the one before it; null: none was sent
        ADD COLUMN "secretAge" smallint,
        -- one of the first of its minute that did not authenticate; all of them are in "UnauthenticatedMinute"
        ADD COLUMN "sampled" boolean;
      -- Of the partitions that are made from now on; the job makes those of the others, one by one, beside the writers.
      CREATE INDEX "CallRecord_api" ON ONLY "CallRecord" ("apiId", "time");
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.1);
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', '0', true);
END $$;
