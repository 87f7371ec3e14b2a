import { z } from "zod";
import { text } from "#lib/text.schema.ts";
import { connectTimeoutBounds, isOwnHeader, responseTimeoutBounds } from "./backend.rules.ts";

const noControls = /^\P{Cc}*$/u;
/** RFC 9110 5.6.2 */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A chain of ten certificates of 4,096 bits has about 25 kB. */
const pem = (what: string) => text().trim().max(100_000, `${what} is longer than 100,000 characters`).default("");

const timeout = ({ min, max, initial }: typeof connectTimeoutBounds) => {
  const words = `Enter ${min / 1_000} to ${max / 1_000} seconds`;
  return z.int(words).min(min, words).max(max, words).default(initial);
};

/** Where an API's calls go in one catalog, and how the gateway identifies itself there. */
export const setBackendInput = z
  .object({
    apiId: z.uuid(),
    catalogId: z.uuid(),
    url: text().trim().min(1, "Enter the backend's address").max(2_000),
    authKind: z.enum(["none", "basic", "header", "oauth"]).default("none"),
    /** Of the functional ID; for oauth the client ID. */
    username: text()
      .trim()
      .max(200, "It has at most 200 characters")
      // RFC 7617: the first colon ends the user name
      .regex(/^[^:\p{Cc}]*$/u, "It holds no colon and no control characters")
      .default(""),
    /** Of the functional ID, the header's value, or the client secret. Write-only. Empty: the stored one stays. */
    password: text()
      .max(4_000, "It has at most 4,000 characters")
      .regex(noControls, "It holds no control characters")
      .default(""),
    headerName: text()
      .trim()
      .max(100, "A header's name has at most 100 characters")
      .refine((name) => name === "" || token.test(name), "A header's name has letters, digits and hyphens")
      .refine((name) => !isOwnHeader(name), "The gateway needs this header for itself. Choose another name.")
      .default(""),
    tokenUrl: text().trim().max(2_000).default(""),
    tokenScope: text()
      .trim()
      .max(1_000)
      .regex(/^[\x20-\x7e]*$/, "A scope has printable ASCII characters")
      .default(""),
    tokenAuthStyle: z.enum(["basic", "body"]).default("basic"),
    /** PEM. Both empty: what is stored stays, unless it is to be removed. The key is write-only. */
    clientCertificate: pem("The certificate"),
    clientKey: pem("The key"),
    removeClientCertificate: z.boolean().default(false),
    /** PEM. Empty: what is stored stays, unless it is to be removed. */
    authorities: pem("The list"),
    removeAuthorities: z.boolean().default(false),
    serverName: text()
      .trim()
      .max(253)
      .regex(
        /^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?)?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i,
        "Enter a host name, such as backend.internal",
      )
      .default(""),
    proof: z.boolean().default(false),
    connectTimeoutMs: timeout(connectTimeoutBounds),
    responseTimeoutMs: timeout(responseTimeoutBounds),
  })
  .strict();
export type SetBackendInput = z.input<typeof setBackendInput>;
export type BackendSettings = z.output<typeof setBackendInput>;
export type BackendAuthKind = BackendSettings["authKind"];
