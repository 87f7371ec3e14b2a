import { z } from "zod";
import { json, name, text } from "#lib/text.schema.ts";

/** 5 MB: the same bound as the parser's. Counted in characters here, in bytes there. */
const SOURCE_LENGTH_MAX = 5 * 1024 * 1024;

const title = name().min(1, "Enter a title").max(200, "A title has at most 200 characters");
const version = text()
  .trim()
  .min(1, "Enter a version")
  .max(60, "A version has at most 60 characters")
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, "A version is written like 1.0.0: letters, digits, dots and hyphens");
const basePath = text()
  .trim()
  .max(200, "A base path has at most 200 characters")
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/,
    "A base path starts with a slash, such as /weather, and holds letters, digits, dots and hyphens",
  );
const url = text().trim().max(2_000, "An address has at most 2,000 characters");
const source = text().max(SOURCE_LENGTH_MAX, "The text is larger than 5 MB");
const organization = text().min(1).max(100);
/** An identifying name of the person's choice (S74): "Client ID" as in the founding tutorial, spaces and all. */
const schemeName = name().min(1, "Enter a name").max(100, "A name has at most 100 characters");
/** An HTTP token (RFC 9110, 5.6.2), so that it can be a header's name; a query parameter needs no more. */
const parameterName = text()
  .trim()
  .min(1, "Enter a parameter name")
  .max(100, "A parameter name has at most 100 characters")
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "A parameter name holds no spaces and no separators");

export const createApiDefinitionInput = z
  .object({
    organization,
    title,
    basePath,
    /** Empty: to be entered later, per catalog. */
    backendUrl: url.default(""),
  })
  .strict();
export type CreateApiDefinitionInput = z.input<typeof createApiDefinitionInput>;

export const importApiDefinitionInput = z.union([
  z.object({ organization, source: source.min(1, "Paste or choose a definition") }).strict(),
  z.object({ organization, url: url.min(1, "Enter an address") }).strict(),
]);
export type ImportApiDefinitionInput = z.infer<typeof importApiDefinitionInput>;

export const saveApiDefinitionInput = z
  .object({ id: z.uuid(), source, sourceVersion: z.coerce.number().int().min(1) })
  .strict();
export type SaveApiDefinitionInput = z.infer<typeof saveApiDefinitionInput>;

export const keyType = z.enum(["client_id", "client_secret"]);
export const gatewayType = z.enum(["datapower-api-gateway", "datapower-gateway"]);
export const keyLocation = z.enum(["header", "query"]);

/** One change of the design form. */
export const formEdit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("info"), title, version, description: text().max(50_000).default("") }).strict(),
  z.object({ kind: z.literal("base-path"), basePath }).strict(),
  z
    .object({
      kind: z.literal("put-scheme"),
      /** The name it has now; null for a new one. */
      previousName: text().max(200).nullable().default(null),
      name: schemeName,
      parameterName,
      keyType,
      in: keyLocation.default("header"),
      description: text().max(10_000).default(""),
    })
    .strict(),
  z.object({ kind: z.literal("remove-scheme"), name: text().min(1).max(200) }).strict(),
  z
    .object({
      kind: z.literal("security"),
      /** Alternatives of scheme names needed together; [] takes the requirement away. */
      security: z.array(z.array(text().min(1).max(200)).max(10)).max(20),
    })
    .strict(),
  z.object({ kind: z.literal("gateway"), gatewayType, enforced: z.boolean() }).strict(),
  z.object({ kind: z.literal("cors"), enabled: z.boolean() }).strict(),
  z
    .object({
      kind: z.literal("fix"),
      /** `fix.edits` of a finding. */
      edits: z
        .array(
          z.discriminatedUnion("op", [
            z.object({ op: z.literal("set"), pointer: text().max(2_000), value: json() }).strict(),
            z.object({ op: z.literal("remove"), pointer: text().max(2_000) }).strict(),
            z.object({ op: z.literal("rename"), pointer: text().max(2_000), key: text().max(200) }).strict(),
          ]),
        )
        .max(5_000),
    })
    .strict(),
]);
export type FormEdit = z.infer<typeof formEdit>;

export const editApiDefinitionInput = z
  .object({ id: z.uuid(), sourceVersion: z.coerce.number().int().min(1), edit: formEdit })
  .strict();
export type EditApiDefinitionInput = z.input<typeof editApiDefinitionInput>;

export const deleteApiDefinitionInput = z.object({ id: z.uuid() }).strict();
export type DeleteApiDefinitionInput = z.infer<typeof deleteApiDefinitionInput>;
