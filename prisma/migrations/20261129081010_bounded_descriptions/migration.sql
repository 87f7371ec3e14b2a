-- Pages and lists read descriptions; a provider may have written 5 MB. A page shows 50,000 characters
-- (lib/markdown/render-markdown.ts); one more says that there were others. The source keeps the whole.
-- Triggers, so that it holds for what a portal of before publishes as well. `octet_length` unpacks nothing.
CREATE FUNCTION cut_description() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.description := left(NEW.description, 50001);
  RETURN NEW;
END $$;
CREATE TRIGGER "ApiRevision_description_cut" BEFORE INSERT OR UPDATE OF description ON "ApiRevision"
  FOR EACH ROW WHEN (octet_length(NEW.description) > 50001) EXECUTE FUNCTION cut_description();
CREATE TRIGGER "Operation_description_cut" BEFORE INSERT OR UPDATE OF description ON "Operation"
  FOR EACH ROW WHEN (octet_length(NEW.description) > 50001) EXECUTE FUNCTION cut_description();
UPDATE "ApiRevision" SET description = left(description, 50001) WHERE octet_length(description) > 50001;
UPDATE "Operation" SET description = left(description, 50001) WHERE octet_length(description) > 50001;
