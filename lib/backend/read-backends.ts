import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { connectTimeoutBounds, responseTimeoutBounds } from "./backend.rules.ts";
import type { BackendAuthKind, BackendSettings } from "./backend.schema.ts";
import { type CertificateDto, describeCertificates } from "./certificates.ts";

/** The backend of an API in one catalog. Password and key are never read back (S14). */
export interface BackendDto {
  catalogId: string;
  catalogTitle: string;
  catalogKind: "sandbox" | "production";
  /** null: none is set, so the API cannot be published there. */
  url: string | null;
  authKind: BackendAuthKind;
  username: string;
  hasPassword: boolean;
  headerName: string;
  tokenUrl: string;
  tokenScope: string;
  tokenAuthStyle: BackendSettings["tokenAuthStyle"];
  /** The leaf; null: the gateway shows none. */
  clientCertificate: CertificateDto | null;
  authorities: CertificateDto[];
  serverName: string;
  proof: boolean;
  connectTimeoutMs: number;
  responseTimeoutMs: number;
}

// The boxes are not selected; a password is there exactly when its key's ID is.
const select = {
  url: true,
  authKind: true,
  username: true,
  sealKeyId: true,
  headerName: true,
  tokenUrl: true,
  tokenScope: true,
  tokenAuthStyle: true,
  clientCertificate: true,
  authorities: true,
  serverName: true,
  proof: true,
  connectTimeoutMs: true,
  responseTimeoutMs: true,
} as const;

/** As a backend stands before anybody set it. */
const UNSET = {
  url: null,
  authKind: "none",
  username: "",
  sealKeyId: null,
  headerName: "",
  tokenUrl: "",
  tokenScope: "",
  tokenAuthStyle: "basic",
  clientCertificate: "",
  authorities: "",
  serverName: "",
  proof: false,
  connectTimeoutMs: connectTimeoutBounds.initial,
  responseTimeoutMs: responseTimeoutBounds.initial,
} as const;

/** One entry per catalog of the organization, Sandbox first. The caller has checked that the API is in reach. */
export async function backendsOf(apiDefinitionId: string, organizationId: string): Promise<BackendDto[]> {
  const catalogs = await db().catalog.findMany({
    where: { organizationId },
    select: { id: true, title: true, kind: true, backends: { where: { apiDefinitionId }, select } },
    orderBy: [{ isDefault: "desc" }, { createdAt: "asc" }],
  });
  return catalogs.map(({ id, title, kind, backends: [backend] }) => {
    const { sealKeyId, clientCertificate, authorities, ...settings } = backend ?? UNSET;
    return {
      catalogId: id,
      catalogTitle: title,
      catalogKind: kind,
      ...settings,
      hasPassword: sealKeyId !== null,
      clientCertificate: describeCertificates(clientCertificate)[0] ?? null,
      authorities: describeCertificates(authorities),
    };
  });
}

/** The backends of an API in every catalog. */
export async function readBackends(actor: Actor, apiId: string): Promise<BackendDto[]> {
  const permit = authorize(actor, "api:read");
  const api = await db().apiDefinition.findFirst({
    where: { id: apiId, ...ownedThrough("space", permit) },
    select: { id: true, space: { select: { organizationId: true } } },
  });
  if (!api) throw notFound();
  return backendsOf(api.id, api.space.organizationId);
}
