import { db, type Tx } from "#lib/db/client.ts";
import { Prisma } from "#lib/db/generated/client.ts";

/** One live or ended credential as the gateway checks it: no secret, no argon2 record. */
export interface CredentialForGateway {
  id: string;
  clientId: string;
  applicationId: string;
  kind: "standard" | "test" | "explore" | "service";
  environment: "sandbox" | "production";
  /** test and explore credentials work in this catalog alone */
  catalogId: string | null;
  status: "active" | "revoked";
  expiresAtMs: number | null;
  /** addresses and networks that it works from; null: all */
  networks?: string[] | null;
  /** ids of the API definitions that it works for; null: all. Of an API key, what its service ID's policy allows (S113) */
  scope?: string[] | null;
  /** verifier in hexadecimal; at most two are live */
  secrets: { verifier: string; keyId: string; notAfterMs: number | null }[];
}

/** Rows a query, so that a million credentials neither block the event loop nor stand twice in memory. */
const PAGE = 20_000;

/** Yields all credentials in pages, or those of `ids`. One join a page: a million rows must be ready within ten seconds. */
export async function* readCredentialsForGateway(
  ids?: readonly string[],
  tx: Tx = db(),
): AsyncGenerator<CredentialForGateway[]> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const only = ids ? Prisma.sql`and c.id = any(${[...ids]}::uuid[])` : Prisma.empty;
    const rows = await tx.$queryRaw<CredentialForGateway[]>`
      select c.id, c."clientId", c."applicationId", c.kind::text, c.environment::text, c."catalogId", c.status::text,
        (extract(epoch from c."expiresAt") * 1000)::float8 as "expiresAtMs",
        nullif(c.networks, '{}') as networks,
        case when c.kind = 'service'
          then array(select a."apiDefinitionId"::text from "ServiceIdApi" a where a."serviceIdId" = c."serviceIdId")
          else nullif(c.scope, '{}')::text[] end as scope,
        coalesce((select json_agg(json_build_object('verifier', encode(s.verifier, 'hex'), 'keyId', s."verifierKeyId",
            'notAfterMs', (extract(epoch from s."notAfter") * 1000)::float8) order by s."createdAt" desc)
          from "CredentialSecret" s where s."credentialId" = c.id), '[]') as secrets
      from "Credential" c where c.id > ${after}::uuid ${only} order by c.id limit ${PAGE}`;
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}
