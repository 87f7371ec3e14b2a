import { daysLeft } from "#lib/backend/backend.rules.ts";
import type { BackendAuthKind, SetBackendInput } from "#lib/backend/backend.schema.ts";

interface StoredCertificate {
  subject: string;
  issuer: string;
  notAfter: Date;
}

/** A backend as the portal tells it: nothing secret, only what is set. */
export interface StoredBackend {
  catalogId: string;
  catalogTitle: string;
  url: string | null;
  authKind: BackendAuthKind;
  username: string;
  hasPassword: boolean;
  headerName: string;
  tokenUrl: string;
  tokenScope: string;
  tokenAuthStyle: "basic" | "body";
  clientCertificate: StoredCertificate | null;
  authorities: StoredCertificate[];
  serverName: string;
  proof: boolean;
  connectTimeoutMs: number;
  responseTimeoutMs: number;
}

/** A stored certificate in words, with its days left as they were when the page was made. */
export interface ShownCertificate {
  subject: string;
  issuer: string;
  notAfter: Date;
  daysLeft: number;
}

/** The backend of an API in one catalog, as the form has it. What is write-only starts empty. */
export interface BackendDraft {
  catalogId: string;
  catalogTitle: string;
  url: string;
  authKind: BackendAuthKind;
  username: string;
  password: string;
  headerName: string;
  tokenUrl: string;
  tokenScope: string;
  tokenAuthStyle: "basic" | "body";
  clientCertificate: string;
  clientKey: string;
  removeClientCertificate: boolean;
  authorities: string;
  removeAuthorities: boolean;
  serverName: string;
  proof: boolean;
  connectSeconds: string;
  responseSeconds: string;
  stored: {
    /** The kind whose secret is set; null: none is. */
    passwordOf: BackendAuthKind | null;
    clientCertificate: ShownCertificate | null;
    authorities: ShownCertificate[];
  };
}

export function toDraft(backend: StoredBackend, now: Date): BackendDraft {
  const shown = (each: StoredCertificate) => ({ ...each, daysLeft: daysLeft(each.notAfter, now) });
  return {
    catalogId: backend.catalogId,
    catalogTitle: backend.catalogTitle,
    url: backend.url ?? "",
    authKind: backend.authKind,
    username: backend.username,
    password: "",
    headerName: backend.headerName,
    tokenUrl: backend.tokenUrl,
    tokenScope: backend.tokenScope,
    tokenAuthStyle: backend.tokenAuthStyle,
    clientCertificate: "",
    clientKey: "",
    removeClientCertificate: false,
    authorities: "",
    removeAuthorities: false,
    serverName: backend.serverName,
    proof: backend.proof,
    connectSeconds: String(backend.connectTimeoutMs / 1_000),
    responseSeconds: String(backend.responseTimeoutMs / 1_000),
    stored: {
      passwordOf: backend.hasPassword ? backend.authKind : null,
      clientCertificate: backend.clientCertificate && shown(backend.clientCertificate),
      authorities: backend.authorities.map(shown),
    },
  };
}

export function toInput(apiId: string, draft: BackendDraft): SetBackendInput {
  const { catalogTitle: _title, stored: _stored, connectSeconds, responseSeconds, ...rest } = draft;
  return {
    apiId,
    ...rest,
    connectTimeoutMs: milliseconds(connectSeconds),
    responseTimeoutMs: milliseconds(responseSeconds),
  };
}

/** What is no number is no length of time either: the schema says so beside the field. */
const milliseconds = (seconds: string): number => Math.round(Number(seconds.trim() === "" ? "x" : seconds) * 1_000);
