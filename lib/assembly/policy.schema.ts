import { z } from "zod";

/** Properties that change nothing here, such as caching: a definition may have them. */
const ignored = z.unknown().optional();

/** A property that may say no, because that is what the gateway does anyway. */
const never = (why: string) =>
  z.union([z.literal(false), z.literal("false"), z.literal(""), z.null()], { error: why }).optional();

const text = (name: string) => z.string({ error: `${name} must be text.` });
const version = z
  .string({ error: "The version must be text, such as 2.0.0." })
  .regex(/^[12]\.\d{1,3}\.\d{1,3}$/, "Portico runs versions 1.x.x and 2.x.x of a policy, written like 2.0.0.")
  .optional();
const common = { version, title: text("The title").max(200).optional(), description: ignored };

/** Read by the compiler, which reports what is wrong at its own place. */
const policies = z.unknown();
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "A value is text, a number, true or false.",
});

const control = z
  .strictObject({
    type: z.enum(["allowlist", "blocklist", "whitelist", "blacklist"], {
      error: "The type must be allowlist or blocklist.",
    }),
    values: z.array(z.string(), { error: "The values must be a list of regular expressions." }).default([]),
  })
  .optional();

export const policySchemas = {
  "set-variable": z.strictObject({
    ...common,
    actions: z
      .array(
        z
          .strictObject({
            set: z.string().optional(),
            add: z.string().optional(),
            clear: z.string().optional(),
            type: z
              .enum(["any", "string", "number", "boolean"], {
                error: "The type must be any, string, number or boolean.",
              })
              .optional(),
            value: scalar.optional(),
          })
          .refine(
            (action) => [action.set, action.add, action.clear].filter((target) => target !== undefined).length === 1,
            "An action has one of set, add and clear.",
          )
          .refine(
            (action) => action.clear !== undefined || action.value !== undefined,
            "The action sets or adds no value.",
          ),
        { error: "The actions must be a list." },
      )
      .min(1, "The policy has no action."),
  }),
  invoke: z.strictObject({
    ...common,
    "target-url": text("The target-url").optional(),
    verb: z
      .string()
      .regex(
        /^(keep|get|head|post|put|patch|delete|options)$/i,
        "The verb must be keep, GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.",
      )
      .optional(),
    timeout: z.coerce
      .number({ error: "The timeout must be a number of seconds." })
      .min(1, "The timeout must be at least a second.")
      .max(120, "The timeout can be at most 120 seconds.")
      .optional(),
    username: text("The username").optional(),
    password: text("The password").optional(),
    "tls-profile": z
      .union([z.literal(""), z.null()], {
        error:
          "There is no TLS profile of this name. Set the backend's TLS under Backend instead, and leave tls-profile out.",
      })
      .optional(),
    "secure-gateway": never("There is no Secure Gateway here: use an address that the gateway reaches."),
    "header-control": control,
    "parameter-control": control,
    output: text("The output").optional(),
    "stop-on-error": z
      .union([z.array(z.string()), z.string().transform((one) => [one])], {
        error: "stop-on-error must be a list of names of errors.",
      })
      .optional(),
    "keep-payload": z.boolean({ error: "keep-payload must be true or false." }).optional(),
    "follow-redirects": never("Redirects are not followed: they could lead the call to an address nobody allowed."),
    "follow-redirect": never("Redirects are not followed: they could lead the call to an address nobody allowed."),
    compression: never("Request bodies are not compressed."),
    "decode-request-params": never("Request parameters are passed on as they came."),
    "encode-plus-char": never("Request parameters are passed on as they came."),
    "websocket-upgrade": never("WebSockets are not supported."),
    "http2-required": never("Backends are called with HTTP/1.1."),
    "backend-type": ignored,
    "graphql-send-type": ignored,
    "cache-key": ignored,
    "cache-response": ignored,
    "cache-ttl": ignored,
    "cache-putpost-response": ignored,
    "inject-proxy-headers": ignored,
    "use-http-10": never("Backends are called with HTTP/1.1."),
    "http-version": ignored,
    "chunked-uploads": ignored,
    "persistent-connection": ignored,
    "copy-id-headers-to-message": never("Credentials travel on only where a set-variable policy copies them."),
  }),
  switch: z.strictObject({ ...common, case: z.array(z.unknown(), { error: "The cases must be a list." }) }),
  "operation-switch": z.strictObject({
    ...common,
    case: z.array(z.unknown(), { error: "The cases must be a list." }),
    otherwise: policies.optional(),
  }),
  throw: z.strictObject({
    ...common,
    name: text("The name of the error").min(1, "The error has no name."),
    message: scalar.optional(),
    "error-status-code": z.coerce
      .number({ error: "The status must be a number." })
      .int()
      .min(400, "The status of an error is from 400 to 599.")
      .max(599, "The status of an error is from 400 to 599.")
      .optional(),
    "error-status-reason": text("The reason").max(200).optional(),
  }),
  parse: z.strictObject({
    ...common,
    "use-content-type": z.boolean({ error: "use-content-type must be true or false." }).optional(),
    "parse-settings-reference": ignored,
    document_type: z
      .enum(["detect", "JSON", "json"], { error: "Only JSON is parsed: leave document_type out, or write JSON." })
      .optional(),
    "document-type": z
      .enum(["detect", "JSON", "json"], { error: "Only JSON is parsed: leave document-type out, or write JSON." })
      .optional(),
    "warn-on-error": never("A body that cannot be parsed is an error: handle it with a catch."),
    input: z.string().optional(),
    output: z.string().optional(),
  }),
  map: z.looseObject({
    ...common,
    inputs: z.record(z.string(), z.looseObject({ variable: z.string(), content: z.string().optional() })).default({}),
    outputs: z.record(z.string(), z.looseObject({ variable: z.string(), content: z.string().optional() })).default({}),
    actions: z.array(z.unknown(), { error: "The actions must be a list." }).default([]),
    options: ignored,
  }),
  validate: z.strictObject({
    ...common,
    definition: z.string().optional(),
    "validate-against": z
      .enum(["definition", "body-param", "response-param"], {
        error: "Bodies are validated against definition, body-param or response-param.",
      })
      .optional(),
    schema: z.looseObject({}).optional(),
    input: z.string().optional(),
    output: z.string().optional(),
    "compile-settings": ignored,
  }),
  ratelimit: z.strictObject({
    ...common,
    source: z
      .enum(["plan-default", "plan-named"], {
        error: "The source must be plan-default or plan-named. Catalogs and gateways have no limits of their own.",
      })
      .optional(),
    operation: z.literal("consume", { error: "A rate limit can only be consumed." }).optional(),
    "rate-limit": z.array(z.unknown(), { error: "rate-limit must be a list." }).optional(),
    "burst-limit": z.array(z.unknown(), { error: "burst-limit must be a list." }).optional(),
    "count-limit": never("Counters that policies change are not supported."),
  }),
  redact: z.strictObject({
    ...common,
    actions: z.array(z.unknown(), { error: "The actions must be a list." }).optional(),
    redactions: z.array(z.unknown(), { error: "The redactions must be a list." }).optional(),
  }),
  log: z.strictObject({
    ...common,
    mode: z
      .enum(["gather-only", "send-only", "gather-and-send"], {
        error: "The mode must be gather-only, send-only or gather-and-send.",
      })
      .optional(),
    "log-level": z
      .enum(["none", "activity", "header", "payload", "default"], {
        error: "The log-level must be none, activity, header, payload or default.",
      })
      .optional(),
  }),
} as const;

export type PolicyKind = keyof typeof policySchemas;
export type PolicyInput<K extends PolicyKind> = z.infer<(typeof policySchemas)[K]>;

export const switchCase = z.strictObject({
  condition: z.union([z.string(), z.boolean().transform(String)], { error: "The condition must be text." }).optional(),
  execute: policies.optional(),
  otherwise: policies.optional(),
});

export const operationCase = z.strictObject({
  operations: z
    .array(
      z.union([
        z.string(),
        z.strictObject({
          verb: z.string().optional(),
          path: z.string().optional(),
          operationID: z.string().optional(),
        }),
      ]),
      { error: "The operations must be a list of operation IDs, or of verbs with paths." },
    )
    .optional(),
  execute: policies.optional(),
  otherwise: policies.optional(),
});

/** Policies of API Connect that Portico does not run, and why. */
export const UNSUPPORTED: Record<string, string> = {
  gatewayscript:
    "GatewayScript is not run: JavaScript in the gateway's own process is no sandbox. Use set-variable, map and switch, or do it in the backend.",
  xslt: "XSLT is not run: style sheets can read files and addresses. Use map, or do it in the backend.",
  "xml-to-json": "XML is not converted. Do it in the backend.",
  "json-to-xml": "XML is not converted. Do it in the backend.",
  "jwt-validate": "Tokens are checked before the assembly. Leave jwt-validate out.",
  "jwt-generate": "Tokens for the backend are set under Backend. Leave jwt-generate out.",
  oauth: "OAuth of users is not offered.",
  "user-security": "Users are not signed in by the gateway. Leave user-security out.",
  "client-security": "The API's security requirements check client ID and secret. Leave client-security out.",
  "validate-usernametoken": "WS-Security is not supported.",
  proxy: "Use invoke in place of proxy.",
  if: "Use switch in place of if.",
  "websocket-upgrade": "WebSockets are not supported.",
  "graphql-introspect": "GraphQL is passed on as it is. Leave graphql-introspect out.",
  "html-page": "The gateway serves no pages.",
  "activity-log": "Every call is recorded anyway. Leave activity-log out.",
  extract: "Use map in place of extract.",
};
