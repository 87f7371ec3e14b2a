-- Makes the partition of a day (UTC) of call records. A table made by itself and then attached lets inserts and reads go
-- on meanwhile; CREATE TABLE … PARTITION OF would lock all of them out, behind whoever reads for long.
CREATE FUNCTION ensure_call_record_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  partition text := 'CallRecord_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(format('%I', partition)) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7046202);
  IF to_regclass(format('%I', partition)) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE "CallRecord" INCLUDING ALL)', partition);
  EXECUTE format(
    'ALTER TABLE "CallRecord" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    partition,
    to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00',
    to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
END $$;

CREATE OR REPLACE FUNCTION ensure_call_record_partitions(days_ahead int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  FOR offset_days IN -1..days_ahead LOOP
    PERFORM ensure_call_record_partition((now() AT TIME ZONE 'UTC')::date + offset_days);
  END LOOP;
END $$;

-- Makes the partition of a day that records may still have: as old as they are kept, and tomorrow for clocks that
-- differ. False for any other day.
CREATE FUNCTION admit_call_record_day(day date, days_kept int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
  IF day < today - days_kept OR day > today + 1 THEN RETURN false; END IF;
  PERFORM ensure_call_record_partition(day);
  RETURN true;
END $$;

-- Drops the oldest partition whose day is past and answers its name; NULL when there is none, or another session drops.
-- One a transaction, and with a short wait: dropping locks the whole table, and inserts queue behind who waits for it.
CREATE FUNCTION drop_expired_call_record_partition(days_kept int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  expired text;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7046203) THEN RETURN NULL; END IF;
  SELECT child.relname INTO expired
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = '"CallRecord"'::regclass AND child.relname ~ '^CallRecord_\d{8}$'
      AND right(child.relname, 8) < to_char((now() AT TIME ZONE 'UTC')::date - days_kept, 'YYYYMMDD')
    ORDER BY child.relname LIMIT 1;
  IF expired IS NULL THEN RETURN NULL; END IF;
  PERFORM set_config('lock_timeout', '200ms', true);
  EXECUTE format('DROP TABLE %I', expired);
  RETURN expired;
END $$;
