import { z } from "zod";
import type { TraceStep } from "#lib/assembly/trace.schema.ts";
import { text } from "#lib/text.schema.ts";

const slug = text().min(1).max(200);

/** Which operation of which published API: its address and the operation's key. */
export const operationRef = z
  .object({
    organization: slug,
    catalog: slug,
    api: slug,
    version: text().max(60).optional(),
    operation: text().min(1).max(500),
  })
  .strict();
export type OperationRef = z.infer<typeof operationRef>;

const value = text().max(8_000);

/** The values of a call, by place. There is no address among them: the portal makes it from what is published. */
export const callValues = z
  .object({
    path: z.record(text(), value).default({}),
    query: z.record(text(), value).default({}),
    header: z.record(text(), value).default({}),
    cookie: z.record(text(), value).default({}),
    /** null = no body. */
    body: text().nullable().default(null),
    contentType: text().max(200).nullable().default(null),
    accept: text().max(200).nullable().default(null),
  })
  .strict();
export type CallValues = z.infer<typeof callValues>;

/** grant: Portico's ten-minute credential of an application; own, token: held by the page and kept nowhere; none: as is. */
export const callCredential = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("none") }).strict(),
  z
    .object({
      mode: z.literal("grant"),
      applicationId: z.uuid(),
      /** A client ID typed over the one of the grant; its secret then belongs to another ID, as in the founding tutorial. */
      clientId: value.optional(),
    })
    .strict(),
  z.object({ mode: z.literal("own"), clientId: value, clientSecret: value }).strict(),
  z.object({ mode: z.literal("token"), accessToken: value }).strict(),
]);
export type CallCredential = z.infer<typeof callCredential>;

/** What the console posts to the relay. */
export const exploreCall = z
  .object({
    target: operationRef,
    values: callValues,
    credential: callCredential,
    /** Authorization for the API's own http or oauth2 scheme; held by the page and kept nowhere. */
    authorization: value.optional(),
  })
  .strict();
export type ExploreCall = z.input<typeof exploreCall>;

/** What the console asks an access token with: Portico's credential of an application, or an API key of a service ID. */
export const accessTokenInput = z
  .object({
    api: operationRef.omit({ operation: true }),
    from: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("application"), applicationId: z.uuid("Choose an application.") }).strict(),
      z.object({ kind: z.literal("api-key"), apiKey: value.trim().min(1, "Enter an API key.") }).strict(),
    ]),
  })
  .strict();
export type AccessTokenInput = z.infer<typeof accessTokenInput>;

export interface AccessToken {
  accessToken: string;
  /** From when it was answered. */
  expiresInSeconds: number;
}

/** First line of the relay's answer; the rest of it is the body, byte for byte. */
export type CallHead = AnsweredHead | UnansweredHead;

export interface AnsweredHead {
  answered: true;
  status: number;
  statusText: string;
  /** As they came, in order, repeated ones kept. */
  headers: [string, string][];
  /** From sending the request to the head of the answer, as the portal saw it. */
  headMs: number;
  /** The client ID that the call used; public. null when the call carried none. */
  clientId: string | null;
  /** What each policy of the API did; in the test panel of those who may write the API. */
  trace?: TraceStep[];
}

/** The gateway itself did not answer. */
export interface UnansweredHead {
  answered: false;
  reason: "refused" | "timeout" | "broken";
  ms: number;
}
