import { db } from "#lib/db/client.ts";
import { fieldError } from "#lib/errors/app-error.ts";

/**
 * A credential can be narrowed to APIs that its application has a subscription to; what it is narrowed to already may
 * stay. Foreign and unknown IDs get one answer: a 422 at the field `scope`.
 */
export async function checkScope(
  applicationId: string,
  scope: readonly string[],
  held: readonly string[] = [],
): Promise<void> {
  const added = scope.filter((id) => !held.includes(id));
  if (added.length === 0) return;
  const subscribed = await db().publishedApi.findMany({
    where: {
      apiDefinitionId: { in: added },
      releases: {
        some: {
          release: {
            subscriptions: { some: { applicationId, state: { in: ["active", "pending", "suspended"] } } },
          },
        },
      },
    },
    select: { apiDefinitionId: true },
  });
  const known = new Set(subscribed.map(({ apiDefinitionId }) => apiDefinitionId));
  if (added.some((id) => !known.has(id))) {
    throw fieldError("scope", "Choose among the APIs that the application is subscribed to.");
  }
}
