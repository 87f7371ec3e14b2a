-- Whoever waited for the lock may not have heard yet of the table that the one before made: to_regclass answers from what
-- its connection remembers, which waiting for an advisory lock does not renew, and in a transaction of one state of the
-- database no query sees it either. CREATE TABLE always knows.
CREATE OR REPLACE FUNCTION ensure_call_record_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  partition text := 'CallRecord_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(format('%I', partition)) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7046202);
  BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE "CallRecord" INCLUDING ALL)', partition);
  EXCEPTION WHEN duplicate_table THEN
    -- Whole, with its place in "CallRecord": whoever made it has committed, or the lock would be theirs.
    RETURN;
  END;
  EXECUTE format(
    'ALTER TABLE "CallRecord" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    partition,
    to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00',
    to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
END $$;
