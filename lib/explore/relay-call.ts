import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import type { OperationSlice } from "#lib/api-definition/compiled.ts";
import { CHANNEL_HEADER, sayChannel } from "#lib/call-record/channel.ts";
import { db } from "#lib/db/client.ts";
import { AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import { takeCall } from "./call-budget.ts";
import type { CallCredential, CallValues, OperationRef } from "./explore.schema.ts";
import { findPublished, type Published } from "./find-published.ts";
import { grantExplore } from "./grant-explore.ts";
import {
  attach,
  type BuiltRequest,
  buildRequest,
  type CredentialNeed,
  credentialNeed,
  ValueError,
} from "./request.rules.ts";
import { type SentCall, sendToGateway } from "./send-to-gateway.ts";
import { sendTraced } from "./send-traced.ts";

/** A pair whose values the caller holds: typed in the page, or (test) the sandbox's own, read by the provider's use case. */
interface TestCredential {
  mode: "test";
  clientId: string;
  clientSecret: string;
}

export interface RelayedCall {
  target: OperationRef;
  values: CallValues;
  credential: CallCredential | TestCredential;
  /** For the API's own http or oauth2 scheme. */
  authorization?: string | undefined;
}

/**
 * Makes the call of the console (S60): builds the target from what is published, never from an address that came
 * along, attaches the credential where the operation's scheme says, and sends it to the gateway. An operation that
 * needs a credential needs a session too. `given` may read the call: after the budget, so that past it no body is
 * taken in. `address` is the client's, whose budget counts where nobody has signed in.
 * Throws INPUT_INVALID for a value that cannot travel, TOO_MANY_ATTEMPTS past the budget.
 */
export async function relayCall(
  actor: Actor,
  given: RelayedCall | (() => Promise<RelayedCall>),
  { signal, address }: { signal: AbortSignal; address: string },
): Promise<SentCall> {
  takeCall(actor.kind === "user" ? actor.userId : subjectOf(address));
  const call = typeof given === "function" ? await given() : given;
  const published = await findPublished(call.target);
  const { api, compiled, revisionId } = published;
  const operation = await db().operation.findFirst({
    where: { revisionId, key: call.target.operation },
    select: { key: true, method: true, pathTemplate: true, slice: true },
  });
  if (!operation) throw notFound();
  const need = credentialNeed(compiled, operation.key);
  if (need.need === "required" && actor.kind === "anonymous") throw new AppError("SIGN_IN_REQUIRED");
  const pair = need.need === "none" ? null : await resolvePair(actor, call, published);
  const slice = operation.slice as unknown as OperationSlice;
  const shape = { method: operation.method, basePath: api.basePath, pathTemplate: operation.pathTemplate, slice };
  const request = build(shape, call.values, need, pair, authorizationOf(call, need));
  // Last, so that it is ours that counts: the call's record says that it came from the console.
  const said = sayChannel(call.credential.mode === "test" ? "test" : "explore");
  const built = { ...request, headers: [...request.headers, [CHANNEL_HEADER, said] as [string, string]] };
  const clientId = pair?.clientId ?? null;
  // What policies do is for those who write them: of this API, and from its test panel.
  const traced = call.credential.mode === "test" && compiled.assembly !== undefined;
  if (traced && mayIn(actor, "api:write", published.organizationId))
    return sendTraced(built, clientId, published, signal);
  return sendToGateway(built, clientId, signal);
}

interface Pair {
  clientId: string;
  secret: string;
}

async function resolvePair(actor: Actor, { credential }: RelayedCall, api: Published): Promise<Pair | null> {
  switch (credential.mode) {
    case "none":
    case "token":
      return null;
    case "own":
    case "test":
      return { clientId: credential.clientId, secret: credential.clientSecret };
    case "grant": {
      const grant = await grantExplore(actor, { api, applicationId: credential.applicationId });
      return { clientId: credential.clientId || grant.clientId, secret: grant.secret };
    }
  }
}

/** An access token in place of the pair, or what the API's own scheme is sent; "" for neither. */
function authorizationOf({ credential, authorization }: RelayedCall, need: CredentialNeed): string {
  if (credential.mode === "token" && need.token && credential.accessToken !== "")
    return `Bearer ${credential.accessToken}`;
  return need.authorization ? (authorization ?? "") : "";
}

function build(
  shape: Parameters<typeof buildRequest>[0],
  values: CallValues,
  need: CredentialNeed,
  pair: Pair | null,
  authorization: string,
): BuiltRequest {
  try {
    const place = { in: "header", name: "Authorization" } as const;
    const request = attach(buildRequest(shape, values), place, authorization, "authorization");
    if (!pair) return request;
    const identified = attach(request, need.clientId, pair.clientId, "clientId");
    return attach(identified, need.clientSecret, pair.secret, "clientSecret");
  } catch (error) {
    if (error instanceof ValueError) throw fieldError(error.field, error.message);
    throw error;
  }
}
