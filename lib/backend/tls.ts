import { seal } from "#lib/crypto/seal.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import type { BackendSettings } from "./backend.schema.ts";
import { checkAuthorities, checkClientCertificate } from "./certificates.ts";

type TlsInput = Pick<
  BackendSettings,
  | "url"
  | "clientCertificate"
  | "clientKey"
  | "removeClientCertificate"
  | "authorities"
  | "removeAuthorities"
  | "serverName"
>;

interface Checked {
  /** null: none was given. */
  identity: { certificate: string; key: string } | null;
  authorities: string | null;
}

/** A box of a client key opens for its row and as a client key only. */
export const clientKeyContext = (backendId: string): string => `${backendId} client-key`;

/** Checks what was entered about the connection. Throws INPUT_INVALID beside the field. */
export function checkTls(input: TlsInput, now: Date): Checked {
  const { clientCertificate, clientKey, authorities } = input;
  return {
    identity:
      clientCertificate === "" && clientKey === "" ? null : checkClientCertificate(clientCertificate, clientKey, now),
    authorities: authorities === "" ? null : checkAuthorities(authorities, now),
  };
}

/** The columns of the connection: entered, kept, or removed. Without TLS there is nothing to prove: INPUT_INVALID. */
export function tlsColumns(
  id: string,
  input: TlsInput,
  { identity, authorities }: Checked,
  stored: { clientCertificate: string; authorities: string } | null,
) {
  const certificate = identity?.certificate ?? (input.removeClientCertificate ? "" : (stored?.clientCertificate ?? ""));
  const trusted = authorities ?? (input.removeAuthorities ? "" : (stored?.authorities ?? ""));
  if (input.url.startsWith("http:")) {
    const needs = (field: string, what: string) =>
      fieldError(field, `${what} needs an address that begins with https.`);
    if (certificate !== "") throw needs("clientCertificate", "A client certificate");
    if (trusted !== "") throw needs("authorities", "An authority");
    if (input.serverName !== "") throw needs("serverName", "A server name");
  }
  const sealed = identity && seal(identity.key, clientKeyContext(id));
  return {
    clientCertificate: certificate,
    authorities: trusted,
    serverName: input.serverName,
    ...(sealed && { sealedClientKey: sealed.box, clientKeySealKeyId: sealed.keyId }),
    ...(certificate === "" && { sealedClientKey: null, clientKeySealKeyId: null }),
  };
}
