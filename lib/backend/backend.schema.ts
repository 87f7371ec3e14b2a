import { z } from "zod";

/** Where an API's calls go in one catalog, and how the gateway identifies itself there. */
export const setBackendInput = z
  .object({
    apiId: z.uuid(),
    catalogId: z.uuid(),
    url: z.string().trim().min(1, "Enter the backend's address").max(2_000),
    authKind: z.enum(["none", "basic"]).default("none"),
    username: z
      .string()
      .trim()
      .max(200, "A user name has at most 200 characters")
      // RFC 7617: the first colon ends the user name
      .regex(/^[^:\p{Cc}]*$/u, "A user name holds no colon and no control characters")
      .default(""),
    /** Write-only. Empty: the stored one stays. */
    password: z
      .string()
      .max(1_000, "A password has at most 1,000 characters")
      .regex(/^\P{Cc}*$/u, "A password holds no control characters")
      .default(""),
  })
  .strict();
export type SetBackendInput = z.input<typeof setBackendInput>;
