import type { Metadata } from "next";
import { z } from "zod";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { readCauseAction } from "#app/_server/read-cause-action.ts";
import { draftApiOnce } from "#app/_server/read-once.ts";
import { AssembleStudio } from "#components/studio/assemble-studio.tsx";
import { readTestCredential } from "#lib/catalog/read-endpoints.ts";
import { paths } from "#lib/paths.ts";
import { word } from "#lib/text.schema.ts";
import { publishApiAction } from "../../actions.ts";
import { toCopies } from "../publication.ts";
import { listOperationsAction, readOperationAction } from "./actions.ts";

type Props = PageProps<"/provider/[organization]/drafts/apis/[id]/assemble">;

const query = z.object({ test: word().optional().catch(undefined) });

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = pageParams(await params);
  const { api } = await forPage(paths.assemble(organization, id), () => draftApiOnce(id));
  return { title: `Assembly of ${api.title} ${api.version}` };
}

export default async function AssemblePage(props: Props) {
  const { organization, id } = pageParams(await props.params);
  const { test } = query.parse(await props.searchParams);
  const here = paths.assemble(organization, id);
  const person = await requirePerson(here);
  const { api, form, findings, backends, publication } = await forPage(here, () => draftApiOnce(id));
  // The organization's own sandbox comes first; it cannot be deleted.
  const sandbox = publication[0];
  if (!sandbox) throw new Error("an organization has a sandbox");
  const pair = await forPage(here, () => readTestCredential(person, organization, sandbox.catalogSlug));
  const live = sandbox.published;
  const target = live
    ? { ...live.ref, version: live.version }
    : { organization, catalog: sandbox.catalogSlug, api: "" };
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return (
    <AssembleStudio
      key={id}
      organization={organization}
      api={api}
      copies={toCopies(publication)}
      security={form.security}
      enforced={form.enforced}
      assembly={form.assembly}
      backends={backends}
      testing={test !== undefined}
      catalog={sandbox.catalogTitle}
      test={pair && { clientId: pair.clientId, secret: pair.secret ?? "", missingKeyId: pair.missingKeyId }}
      copy={toCopies([sandbox])[0] ?? null}
      target={live ? target : null}
      changedAt={api.updatedAt.toISOString()}
      {...(errors > 0 && { blocked: `Fix ${errors} ${errors === 1 ? "error" : "errors"} first` })}
      callUrl={`${paths.draftApi(organization, id)}/test-call`}
      republish={publishApiAction.bind(null, id, sandbox.catalogId)}
      listOperations={listOperationsAction.bind(null, target)}
      readOperation={readOperationAction.bind(null, target)}
      readCause={readCauseAction}
    />
  );
}
