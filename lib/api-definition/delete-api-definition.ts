import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { transaction } from "#lib/db/client.ts";
import { lockRows, toEnd } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { DeleteApiDefinitionInput } from "./definition.schema.ts";

/** Deletes a draft with its revisions and backends. Errors: STATE_INVALID while it is published in some catalog. */
export async function deleteApiDefinition(actor: Actor, { id }: DeleteApiDefinitionInput): Promise<void> {
  const permit = authorize(actor, "api:write");
  await transaction(async (tx) => {
    // A publish that is under way is waited for: it makes what forbids this.
    await lockRows(tx, { ApiDefinition: toEnd(id) });
    const draft = await tx.apiDefinition.findFirst({
      where: { id, ...ownedThrough("space", permit) },
      select: {
        title: true,
        version: true,
        space: { select: { organizationId: true } },
        published: { select: { catalog: { select: { title: true } } } },
      },
    });
    if (!draft) throw notFound();
    if (draft.published.length > 0) {
      const catalogs = draft.published.map(({ catalog }) => catalog.title).join(" and ");
      const detail = `${draft.title} is published in ${catalogs}. Retire its product there, then delete it.`;
      throw new AppError("STATE_INVALID", { detail });
    }
    await tx.apiDefinition.delete({ where: { id } });
    const target = { organizationId: draft.space.organizationId, type: "api", id, name: draft.title };
    await recordEvent(tx, permit, "api.deleted", target, { version: draft.version });
  });
}
