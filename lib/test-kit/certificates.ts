import { generateKeyPairSync, randomBytes } from "node:crypto";
import forge from "node-forge";

/** PEM of a certificate and of its key. */
export interface Issued {
  certificate: string;
  key: string;
}

export interface IssueOptions {
  /** null: signed by itself. */
  issuer?: Issued | null;
  commonName?: string;
  authority?: boolean;
  /** Names and addresses of a server; none for a client. */
  hosts?: string[];
  /** Days from now; negative: past. */
  fromDays?: number;
  untilDays?: number;
}

const DAY_MS = 86_400_000;
const days = (count: number): Date => new Date(Date.now() + count * DAY_MS);

/** A certificate as an operator's own authority would issue it, made anew for a test. */
export function issue(options: IssueOptions = {}): Issued {
  const { issuer = null, commonName = "test", authority = false, hosts = [] } = options;
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // A serial number is positive: no first bit.
  made.serialNumber = `01${randomBytes(8).toString("hex")}`;
  made.validity.notBefore = days(options.fromDays ?? -1);
  made.validity.notAfter = days(options.untilDays ?? 30);
  const subject = [{ name: "commonName", value: commonName }];
  made.setSubject(subject);
  made.setIssuer(issuer ? forge.pki.certificateFromPem(issuer.certificate).subject.attributes : subject);
  const isAddress = (host: string) => /^[\d.]+$/.test(host);
  made.setExtensions([
    { name: "basicConstraints", cA: authority, critical: true },
    authority
      ? { name: "keyUsage", keyCertSign: true, critical: true }
      : { name: "extKeyUsage", serverAuth: true, clientAuth: true },
    ...(hosts.length === 0
      ? []
      : [
          {
            name: "subjectAltName",
            altNames: hosts.map((host) => (isAddress(host) ? { type: 7, ip: host } : { type: 2, value: host })),
          },
        ]),
  ]);
  made.sign(forge.pki.privateKeyFromPem(issuer?.key ?? pair.privateKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(made), key: pair.privateKey };
}
