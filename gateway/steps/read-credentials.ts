import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call, Presented } from "#gateway/call.ts";
import type { HeaderName } from "#gateway/header-names.ts";
import { eachNamed, looksLikeClientId, parameterPattern, parameterValue } from "#gateway/query.ts";
import type { Alternative, GatewayApi } from "#gateway/snapshot/model.ts";
import { readBearer } from "#gateway/tokens/read-bearer.ts";
import type { CompiledScheme } from "#lib/api-definition/compiled.ts";
import type { Cause } from "#lib/errors/refusals.ts";

/** A credential that the client sent, and where. */
interface Found {
  key: CompiledScheme["key"];
  in: "header" | "query";
  /** Lower case for headers. */
  name: string;
  value: string;
}

/** Of the parameters that hold credentials; more than one ID is refused, and secrets that came twice match nothing. */
const FOUND_MAX = 16;

const patterns = new WeakMap<GatewayApi["credentialNames"], RegExp>();

/** Finds the parameters that may hold credentials of an API. */
function patternOf(names: GatewayApi["credentialNames"]): RegExp {
  const known = patterns.get(names);
  if (known) return known;
  const made = parameterPattern(names.query.keys());
  patterns.set(names, made);
  return made;
}

/**
 * Reads client ID and secret from the declared places (gateway.md part 2): 401 CREDENTIAL_MISSING, also when they came
 * in the other place alone; 403 MULTIPLE_CLIENT_IDS, also beside an access token. An open operation, or an API that another gateway enforces, asks for none.
 */
export function readCredentials(call: Call): Refused | undefined {
  const { api, operation } = call;
  if (!api || !operation) throw new Error("the call is not routed");
  if (!api.enforced) return undefined;
  readBearer(call, api, operation);
  if (operation.security.length === 0) return undefined;
  const found = findAll(call, api);
  let ids = 0;
  for (const { key } of found) if (key === "client_id") ids += 1;
  if (ids > 1) return refuse("MULTIPLE_CLIENT_IDS", whyMultiple(found.filter(({ key }) => key === "client_id")));
  if (call.bearer !== "") {
    // RFC 6750 2: one way at a time. The token says who calls, and so does the ID.
    return ids > 0 ? refuse("MULTIPLE_CLIENT_IDS", "token-beside-id") : undefined;
  }
  const presented: Presented[] = [];
  for (const alternative of operation.security) {
    const complete = present(alternative, found);
    if (complete) presented.push(complete);
  }
  call.presented = presented;
  if (presented.length > 0 || operation.security.some((alternative) => !alternative.id)) return undefined;
  return missing(call, operation.security, found);
}

/** In both places, twice under one name, or under the names of several schemes (S93). */
function whyMultiple([first, ...others]: readonly Found[]): Cause {
  if (others.some((other) => other.in !== first?.in)) return "id-in-both-places";
  return others.some((other) => other.name === first?.name) ? "id-repeated" : "id-in-several-schemes";
}

function findAll(call: Call, { credentialNames }: GatewayApi): Found[] {
  const found: Found[] = [];
  const add = (one: Found) => {
    // Nothing in it: as if it were not there.
    if (one.value === "") return;
    // "client_id" may be a parameter of the API itself, as long as it does not hold one of our IDs.
    if (one.key === "client_id" && credentialNames.customary.has(one.name) && !looksLikeClientId(one.value)) return;
    found.push(one);
  };
  const raw = call.req.rawHeaders;
  for (let i = 0; i < call.names.length; i += 1) {
    const name = (call.names[i] as HeaderName).lower;
    const key = credentialNames.headers.get(name);
    if (key) add({ key, in: "header", name, value: raw[i * 2 + 1] as string });
  }
  if (call.query !== "") {
    eachNamed(call.query, patternOf(credentialNames), FOUND_MAX, (name, text) => {
      const key = credentialNames.query.get(name);
      if (key) add({ key, in: "query", name, value: parameterValue(text) });
    });
  }
  return found;
}

/** The value in the declared place; a secret that came twice is joined, so that it matches nothing. */
function valueAt(scheme: CompiledScheme, found: readonly Found[]): string | undefined {
  let value: string | undefined;
  for (const one of found) {
    if (one.in !== scheme.in || one.name !== scheme.name) continue;
    value = value === undefined ? one.value : `${value}, ${one.value}`;
  }
  return value;
}

function present({ id, secret }: Alternative, found: readonly Found[]): Presented | undefined {
  if (!id) return undefined;
  const clientId = valueAt(id, found);
  const clientSecret = secret ? valueAt(secret, found) : null;
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
}

/** Says what is missing for the alternative that the client came closest to. */
function missing(call: Call, security: readonly Alternative[], found: readonly Found[]): Refused {
  const hasId = security.some(({ id }) => id !== null && valueAt(id, found) !== undefined);
  const key = hasId ? "client_secret" : "client_id";
  const declared = security.flatMap(({ id, secret }) => (hasId ? secret : id) ?? []);
  const elsewhere = found.some((one) => one.key === key);
  const cause = elsewhere ? "wrong-location" : declared.some((scheme) => isThere(call, scheme)) ? "empty" : "absent";
  return refuse(hasId ? "CLIENT_SECRET_MISSING" : "CLIENT_ID_MISSING", cause);
}

/** Whether the header or parameter came at all, with nothing in it: what has a value was found before. */
function isThere(call: Call, scheme: CompiledScheme): boolean {
  if (scheme.in === "header") return call.names.some(({ lower }) => lower === scheme.name);
  let there = false;
  eachNamed(call.query, parameterPattern([scheme.name]), 1, () => {
    there = true;
  });
  return there;
}
