import { db } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import type { DeedName, Outcome } from "./deeds.ts";
import type { Cast, Scene } from "./world.ts";

const OPEN = ["pending", "active", "suspended"] as const;

interface Told {
  subscriptionId: string;
  planId: string;
  releaseId: string;
  secret: string;
}

/** What is not as those were told who heard "ok", in a sentence each. Another deed of the round may have undone it since. */
export async function brokenClaims(cast: Cast, scene: Scene, outcomes: Outcome[]): Promise<string[]> {
  const did = (...names: DeedName[]) => outcomes.some(({ deed, ok }) => ok && names.includes(deed));
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => {
    if (!holds) broken.push(sentence);
  };
  for (const { deed, ok, told } of outcomes) {
    if (!ok) {
      claim(
        told instanceof AppError && !["INTERNAL", "OVERLOADED"].includes(told.code),
        `${deed}: failed with ${told}`,
      );
      continue;
    }
    const answer = told as Told;
    switch (deed) {
      case "subscribe":
      case "register and subscribe": {
        const row = await db().subscription.findUnique({ where: { id: answer.subscriptionId } });
        const gone = did("delete application", "delete product");
        claim(row !== null || gone, `${deed}: the subscription is gone without a trace`);
        const ended = did("retire", "cancel subscription", "decide");
        const isOpen = row !== null && OPEN.some((state) => state === row.state);
        claim(row === null || isOpen || ended, `${deed}: the subscription is ${row?.state}`);
        const moved = outcomes.filter((other) => other.ok && other.deed === "subscribe").length > 1;
        claim(row === null || row.releasePlanId === answer.planId || moved, `${deed}: it is on another plan`);
        break;
      }
      case "publish":
      case "publish API": {
        const row = await db().productRelease.findUnique({
          where: { id: answer.releaseId },
          select: { state: true, apis: true },
        });
        const undone = did("retire", "delete product");
        claim(row?.state === "published" || undone, `${deed}: the release is ${row?.state ?? "gone"}`);
        claim(row?.state !== "published" || row.apis.length > 0, `${deed}: the release has no API`);
        break;
      }
      case "retire": {
        const row = await db().productRelease.findUnique({ where: { id: scene.releaseId ?? "" } });
        claim(row?.state !== "published" || did("publish", "publish API"), "retire: it is published");
        break;
      }
      case "delete product":
        claim(
          (await db().product.count({ where: { id: scene.productId, deletedAt: null } })) === 0,
          "delete product: it is there",
        );
        break;
      case "delete API":
        claim((await db().apiDefinition.count({ where: { id: scene.apiId } })) === 0, "delete API: it is there");
        break;
      case "delete application":
        claim((await db().application.count({ where: { id: scene.applicationId } })) === 0, `${deed}: it is there`);
        break;
      case "revoke credential": {
        const row = await db().credential.findUnique({ where: { id: scene.credentialId }, include: { secrets: true } });
        const live = row?.secrets.filter(({ notAfter }) => notAfter === null).length ?? 0;
        claim(row === null || (row.status === "revoked" && live === 0), `${deed}: it still works`);
        break;
      }
      case "reset secret": {
        const secrets = await db().credentialSecret.findMany({ where: { credentialId: scene.credentialId } });
        const shown = outcomes.filter((other) => other.ok && other.deed === deed).map((o) => (o.told as Told).secret);
        const known = secrets.length === 1 && shown.some((secret) => secret.slice(-4) === secrets[0]?.last4);
        claim(known || did("delete application"), `${deed}: the secret that was shown is not the one that works`);
        break;
      }
      case "save product": {
        const row = await db().product.findUnique({ where: { id: scene.productId, deletedAt: null } });
        claim(row !== null || did("delete product"), `${deed}: the product is gone`);
        break;
      }
      case "invite and accept": {
        const where = { organizationId: cast.developer.organizationId, userId: cast.guest.userId };
        const isMember = (await db().membership.count({ where })) > 0;
        claim(isMember || did("remove member"), `${deed}: the guest is no member`);
        break;
      }
      default:
        break;
    }
  }
  return broken;
}

/** What must hold whatever was done: a sentence for each row that breaks it. */
export async function brokenInvariants(): Promise<string[]> {
  const rows = await db().$queryRaw<{ sentence: string }[]>`
    select 'listed without a published release: ' || live.slug as sentence from "PublishedApi" live
      where not exists (select 1 from "ReleaseApi" held join "ProductRelease" release on release.id = held."releaseId"
        where held."publishedApiId" = live.id and release.state = 'published')
    union all
    select 'open on what is retired: ' || s.id::text from "Subscription" s
      join "ProductRelease" release on release.id = s."releaseId"
      where s.state in ('pending', 'active', 'suspended') and release.state <> 'published'
    union all
    select 'open on a plan of another release, or one that ended: ' || s.id::text from "Subscription" s
      join "ReleasePlan" plan on plan.id = s."releasePlanId"
      where s.state in ('pending', 'active', 'suspended')
        and (plan."releaseId" <> s."releaseId" or plan."endedAt" is not null)
    union all
    select 'a published release without a plan or an API: ' || release.title from "ProductRelease" release
      where release.state = 'published' and (
        not exists (select 1 from "ReleasePlan" plan where plan."releaseId" = release.id and plan."endedAt" is null)
        or not exists (select 1 from "ReleaseApi" held where held."releaseId" = release.id))
    union all
    select 'an active credential without a secret: ' || c.id::text from "Credential" c
      where c.status = 'active' and not exists (select 1 from "CredentialSecret" s where s."credentialId" = c.id)
    union all
    select 'two live invitations of one person: ' || email from "Invitation" where "acceptedAt" is null
      group by "organizationId", email having count(*) > 1
    union all
    select 'an application without a credential: ' || a.name from "Application" a
      where not exists (select 1 from "Credential" c where c."applicationId" = a.id)
    union all
    select 'stamped as newer than its draft: ' || release.title from "ProductRelease" release
      join "Product" product on product.id = release."productId" where release."draftVersion" > product."draftVersion"`;
  return rows.map(({ sentence }) => sentence);
}
