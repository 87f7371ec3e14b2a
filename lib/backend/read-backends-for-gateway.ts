import { unseal } from "#lib/crypto/seal.ts";
import { db, type Tx } from "#lib/db/client.ts";
import type { BackendAuthKind, BackendSettings } from "./backend.schema.ts";
import { clientKeyContext } from "./tls.ts";

/** A backend with its secrets opened. Never in a log, and never sent anywhere but to the backend. */
export interface BackendForGateway {
  url: string;
  authKind: BackendAuthKind;
  username: string;
  /** Of the functional ID, the header's value, or the client secret; "" for kind none. */
  password: string;
  headerName: string;
  tokenUrl: string;
  tokenScope: string;
  tokenAuthStyle: BackendSettings["tokenAuthStyle"];
  /** PEM; null: the gateway shows none. */
  identity: { certificate: string; key: string } | null;
  /** PEM of the only authorities that may vouch for the backend; "": the public ones. */
  authorities: string;
  serverName: string;
  proof: boolean;
  connectTimeoutMs: number;
  responseTimeoutMs: number;
}

const select = {
  id: true,
  apiDefinitionId: true,
  catalogId: true,
  url: true,
  authKind: true,
  username: true,
  sealedPassword: true,
  sealKeyId: true,
  headerName: true,
  tokenUrl: true,
  tokenScope: true,
  tokenAuthStyle: true,
  clientCertificate: true,
  sealedClientKey: true,
  clientKeySealKeyId: true,
  authorities: true,
  serverName: true,
  proof: true,
  connectTimeoutMs: true,
  responseTimeoutMs: true,
} as const;

/**
 * The backends of all APIs, or of those in `apiDefinitionIds`, by "<API definition> <catalog>"; secrets are opened
 * once, here. null: a box does not open (another key, a damaged row), and the API must not be called without it.
 */
export async function readBackendsForGateway(
  apiDefinitionIds?: readonly string[],
  tx: Tx = db(),
): Promise<Map<string, BackendForGateway | null>> {
  const rows = await tx.backend.findMany({
    where: apiDefinitionIds ? { apiDefinitionId: { in: [...apiDefinitionIds] } } : {},
    select,
  });
  return new Map(
    rows.map(({ apiDefinitionId, catalogId, ...row }) => [`${apiDefinitionId} ${catalogId}`, open(row)] as const),
  );
}

type Row = Omit<BackendForGateway, "password" | "identity"> & {
  id: string;
  sealedPassword: Uint8Array | null;
  sealKeyId: string | null;
  clientCertificate: string;
  sealedClientKey: Uint8Array | null;
  clientKeySealKeyId: string | null;
};

function open(row: Row): BackendForGateway | null {
  const { id, sealedPassword, sealKeyId, clientCertificate, sealedClientKey, clientKeySealKeyId, ...settings } = row;
  try {
    return {
      ...settings,
      password: settings.authKind === "none" ? "" : openBox(sealedPassword, sealKeyId, id),
      identity:
        clientCertificate === ""
          ? null
          : {
              certificate: clientCertificate,
              key: openBox(sealedClientKey, clientKeySealKeyId, clientKeyContext(id)),
            },
    };
  } catch {
    return null;
  }
}

function openBox(box: Uint8Array | null, keyId: string | null, context: string): string {
  if (!box || !keyId) throw new Error("there is no box");
  return unseal({ box, keyId }, context);
}
