-- Refusals of strangers stand in the audit log too, and nobody may fill the disk with them: they, and nothing else of the
-- log, go after 90 days, by this function alone.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('portico.ended_refusals', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;

CREATE FUNCTION delete_ended_refusals(now_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('portico.ended_refusals', 'on', true);
  DELETE FROM "AuditEvent"
    WHERE "organizationId" IS NULL AND "createdAt" < now_at - interval '90 days' AND "action" LIKE '%.refused';
  PERFORM set_config('portico.ended_refusals', 'off', true);
END $$;
