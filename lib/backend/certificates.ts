import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { fieldError } from "#lib/errors/app-error.ts";
import { formatDate } from "#lib/format.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What a page may show of a certificate. */
export interface CertificateDto {
  subject: string;
  issuer: string;
  notAfter: Date;
}

/** The certificates of a PEM text in their order. Throws INPUT_INVALID beside `field` when it holds none or a broken one. */
function parse(text: string, field: string): X509Certificate[] {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0)
    throw fieldError(field, "This is no PEM certificate. It begins with -----BEGIN CERTIFICATE-----.");
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw fieldError(field, `Certificate ${index + 1} of the text cannot be read. Copy it again, with its dashes.`);
    }
  });
}

function checkDates(certificate: X509Certificate, field: string, now: Date): void {
  if (certificate.validToDate < now)
    throw fieldError(
      field,
      `The certificate of ${nameOf(certificate)} ended on ${formatDate(certificate.validToDate)}.`,
    );
  if (certificate.validFromDate > now)
    throw fieldError(
      field,
      `The certificate of ${nameOf(certificate)} begins on ${formatDate(certificate.validFromDate)}.`,
    );
}

/**
 * A client certificate with its key, as OpenSSL takes it. Throws INPUT_INVALID beside `clientCertificate` or
 * `clientKey`: one of them missing, unreadable, not in force, or not belonging together.
 */
export function checkClientCertificate(text: string, keyText: string, now: Date): { certificate: string; key: string } {
  if (text === "") throw fieldError("clientCertificate", "Enter the certificate that belongs to the key.");
  const chain = parse(text, "clientCertificate");
  const [leaf] = chain as [X509Certificate];
  checkDates(leaf, "clientCertificate", now);
  if (keyText === "") throw fieldError("clientKey", "Enter the key that belongs to the certificate.");
  const key = parseKey(keyText);
  if (!leaf.checkPrivateKey(key))
    throw fieldError("clientKey", `The key does not belong to the certificate of ${nameOf(leaf)}.`);
  return {
    certificate: chain.map((each) => each.toString()).join(""),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function parseKey(text: string): KeyObject {
  if (/ENCRYPTED/.test(text))
    throw fieldError("clientKey", "The key has a passphrase. Remove it first: openssl pkey -in key.pem -out plain.pem");
  try {
    return createPrivateKey(text);
  } catch {
    throw fieldError("clientKey", "This is no PEM key. It begins with -----BEGIN PRIVATE KEY-----.");
  }
}

/** Certificates of authorities in one form. Throws INPUT_INVALID beside `authorities`. */
export function checkAuthorities(text: string, now: Date): string {
  const list = parse(text, "authorities");
  for (const each of list) checkDates(each, "authorities", now);
  return list.map((each) => each.toString()).join("");
}

/** The certificates of a stored PEM text, for display. */
export const describeCertificates = (text: string): CertificateDto[] =>
  (text.match(BLOCK) ?? []).map((block) => {
    const certificate = new X509Certificate(block);
    const issuer = commonName(certificate.issuer);
    return { subject: nameOf(certificate), issuer, notAfter: certificate.validToDate };
  });

const nameOf = (certificate: X509Certificate): string => commonName(certificate.subject);

/** The common name of a distinguished name, or its last line. */
function commonName(distinguished: string | undefined): string {
  const lines = (distinguished ?? "").split("\n").filter((line) => line !== "");
  return (lines.find((line) => line.startsWith("CN=")) ?? lines.at(-1) ?? "an unnamed holder").replace(/^\w+=/, "");
}
