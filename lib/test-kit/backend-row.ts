import type { BackendForGateway } from "#lib/backend/read-backends-for-gateway.ts";

/** A backend as the gateway reads it, without any authentication unless `more` says so. */
export const backendRow = (url: string, more: Partial<BackendForGateway> = {}): BackendForGateway => ({
  url,
  authKind: "none",
  username: "",
  password: "",
  headerName: "",
  tokenUrl: "",
  tokenScope: "",
  tokenAuthStyle: "basic",
  identity: null,
  authorities: "",
  serverName: "",
  proof: false,
  connectTimeoutMs: 5_000,
  responseTimeoutMs: 30_000,
  ...more,
});
