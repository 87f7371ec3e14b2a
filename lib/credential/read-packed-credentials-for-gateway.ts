import type { BulkReader } from "#lib/db/read-in-bulk.ts";

/**
 * Credentials as bytes, for a gateway that starts with a million of them. A plain one (a client ID of our length, no
 * catalog, networks or scope of its own, no API key) is 73 bytes: ID (16), client ID (its 32 letters), application (16), expiry in ms
 * since 1970 (float64, big-endian, infinite for none), and flags: 1 production, 2 revoked.
 */
export function readPackedCredentials(reader: BulkReader): AsyncGenerator<Buffer> {
  return reader.packed(
    '"Credential"',
    `uuid_send(id) || convert_to("clientId", 'UTF8') || uuid_send("applicationId")
      || float8send(coalesce(extract(epoch from "expiresAt")::float8 * 1000, 'infinity'))
      || (case when environment = 'production' then
            case when status = 'active' then '\\x01'::bytea else '\\x03'::bytea end
          else case when status = 'active' then '\\x00'::bytea else '\\x02'::bytea end end)`,
    PLAIN,
  );
}

/** What an API key may call stands in the policy of its service ID: it is never plain. */
const PLAIN = `octet_length("clientId") = 32 and "catalogId" is null and cardinality(networks) = 0 and cardinality(scope) = 0
  and "serviceIdId" is null`;

/** Secrets under this pepper that do not end, 48 bytes each: the credential's ID and the verifier. */
export function readPackedSecrets(reader: BulkReader, pepperId: string): AsyncGenerator<Buffer> {
  return reader.packed(
    '"CredentialSecret"',
    `uuid_send("credentialId") || verifier`,
    `"verifierKeyId" = $1 and "notAfter" is null and length(verifier) = 32`,
    [pepperId],
  );
}

/** IDs of the credentials that the two above do not say all about; and about how many there are in all. */
export async function readUnpackedCredentialIds(reader: BulkReader): Promise<{ ids: string[]; estimate: number }> {
  const rows = await reader.rows<{ id: string }>(
    `select id from "Credential" where not (${PLAIN})
     union select "credentialId" from "CredentialSecret" where "notAfter" is not null`,
  );
  const [size] = await reader.rows<{ estimate: number }>(
    `select greatest(reltuples, 0)::int as estimate from pg_class where oid = '"Credential"'::regclass`,
  );
  return { ids: rows.map(({ id }) => id), estimate: size?.estimate ?? 0 };
}
