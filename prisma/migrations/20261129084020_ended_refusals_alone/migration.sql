-- What may leave the audit log is said by the log itself, row by row and by the clock of the database: the four refusals of
-- the installation, after 90 days. Before, whoever set the function's own switch could delete every row, and whoever named
-- the function a day to come got rid of those of today.
CREATE FUNCTION is_ended_refusal(event "AuditEvent") RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT event."organizationId" IS NULL AND event."targetType" = 'security'
    AND event."action" IN ('sign-in.refused', 'sign-up.refused', 'password.refused', 'request.refused')
    AND event."createdAt" < now() - interval '90 days'
$$;

CREATE FUNCTION refuse_unended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_ended_refusal(OLD) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER "AuditEvent_ended_refusals" BEFORE DELETE ON "AuditEvent"
  FOR EACH ROW EXECUTE FUNCTION refuse_unended();

-- `now_at`: an earlier moment deletes less; a later one than now is now.
CREATE OR REPLACE FUNCTION delete_ended_refusals(now_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('portico.ended_refusals', 'on', true);
  DELETE FROM "AuditEvent" event
    WHERE "organizationId" IS NULL AND "createdAt" < least(now_at, now()) - interval '90 days' AND is_ended_refusal(event);
  PERFORM set_config('portico.ended_refusals', 'off', true);
END $$;

-- The portal's own role, whose function it is; no other that somebody gives a view of the database, for reports say.
REVOKE ALL ON FUNCTION delete_ended_refusals(timestamptz) FROM PUBLIC;
