-- A request ID says when its call began, so that the table's key finds it. The index on it is for the random IDs of before:
-- it goes once no partition is left that was there, or was made, within three days of the migration that brought the new
-- IDs; at once where there was no version before. True when it went; short waits, as for partitions that are dropped.
CREATE FUNCTION drop_call_record_request_index() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz;
BEGIN
  IF to_regclass('"CallRecord_request"') IS NULL THEN RETURN false; END IF;
  SELECT finished_at INTO since FROM "_prisma_migrations" WHERE migration_name = '20261129030100_usage';
  IF since IS NULL THEN RETURN false; END IF;
  IF EXISTS (SELECT FROM "_prisma_migrations" WHERE finished_at < since - interval '1 hour') AND EXISTS (
    SELECT FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = '"CallRecord"'::regclass AND child.relname ~ '^CallRecord_\d{8}$'
      AND right(child.relname, 8) <= to_char((since AT TIME ZONE 'UTC')::date + 3, 'YYYYMMDD'))
  THEN RETURN false; END IF;
  PERFORM set_config('lock_timeout', '200ms', true);
  DROP INDEX "CallRecord_request";
  RETURN true;
END $$;
