import { networkProblem } from "#lib/net/network-list.ts";
import type { CompiledCors } from "./compiled.ts";
import { isObject, type JsonObject, member } from "./json-pointer.ts";
import type { Violation } from "./rules.ts";

/**
 * What a definition says about who may call it, beyond credentials: `x-portico.networks`, `x-portico.validate-request`,
 * `x-portico.access-tokens`, `x-ibm-configuration.cors.enabled` and, for what API Connect has no words, `x-portico.cors`
 * (docs/decisions/016).
 */
export interface AdmissionSettings {
  /** null: every address may call. */
  networks: string[] | null;
  /** null: the gateway leaves CORS to the backend. */
  cors: CompiledCors | null;
  validateRequest: boolean;
  /** An access token may come in place of client ID and secret. */
  accessTokens: boolean;
}

const MAX_AGE_SECONDS = 600;
const MAX_AGE_SECONDS_MAX = 86_400;
const NETWORKS_MAX = 1_000;
/** RFC 9110 5.1 */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Total: what is not understood is left out of the result and named by `admissionViolations`, which blocks publishing. */
export function readAdmission(document: JsonObject): AdmissionSettings {
  const own = member(document, "x-portico");
  const networks = member(own, "networks");
  return {
    networks: networks === undefined ? null : texts(networks),
    cors: member(member(member(document, "x-ibm-configuration"), "cors"), "enabled") === true ? readCors(own) : null,
    validateRequest: member(own, "validate-request") === true,
    accessTokens: member(own, "access-tokens") !== false,
  };
}

function readCors(own: unknown): CompiledCors {
  const cors = member(own, "cors");
  const list = (key: string) => (member(cors, key) === undefined ? null : texts(member(cors, key)));
  const maxAge = member(cors, "max-age");
  const origins = list("origins");
  return {
    origins: origins === null || origins.includes("*") ? null : origins,
    headers: list("headers"),
    exposeHeaders: list("expose-headers") ?? [],
    credentials: member(cors, "credentials") === true,
    maxAgeSeconds: typeof maxAge === "number" ? maxAge : MAX_AGE_SECONDS,
  };
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];

const PORTICO = "/x-portico";
const error = (pointer: string, message: string): Violation => ({ severity: "error", pointer, message });

/** Everything in these settings that cannot be meant; each is an error, since a gateway that guessed would let in or keep out the wrong callers. */
export function admissionViolations(document: JsonObject): Violation[] {
  const own = member(document, "x-portico");
  if (own !== undefined && !isObject(own)) return [error(PORTICO, "x-portico holds settings by name.")];
  const validate = member(own, "validate-request");
  const enabled = member(member(member(document, "x-ibm-configuration"), "cors"), "enabled");
  return [
    ...networkViolations(member(own, "networks")),
    ...corsViolations(member(own, "cors"), enabled === true),
    ...notBoolean(validate, `${PORTICO}/validate-request`),
    ...notBoolean(member(own, "access-tokens"), `${PORTICO}/access-tokens`),
    ...notBoolean(enabled, "/x-ibm-configuration/cors/enabled"),
  ];
}

const notBoolean = (value: unknown, pointer: string): Violation[] =>
  value === undefined || typeof value === "boolean" ? [] : [error(pointer, "This is true or false.")];

function networkViolations(networks: unknown): Violation[] {
  const pointer = `${PORTICO}/networks`;
  if (networks === undefined) return [];
  if (!Array.isArray(networks)) return [error(pointer, "networks is a list of addresses and networks.")];
  if (networks.length === 0) return [error(pointer, "The list is empty, so that nobody could call. Leave it out.")];
  if (networks.length > NETWORKS_MAX) return [error(pointer, `At most ${NETWORKS_MAX} addresses and networks.`)];
  return networks.flatMap((entry, index) => {
    const problem = typeof entry === "string" ? networkProblem(entry) : "Each entry is a text such as 192.0.2.0/24.";
    return problem === null ? [] : [error(`${pointer}/${index}`, problem)];
  });
}

function corsViolations(cors: unknown, enabled: boolean): Violation[] {
  const pointer = `${PORTICO}/cors`;
  if (cors === undefined) return [];
  if (!isObject(cors)) return [error(pointer, "cors holds settings by name.")];
  const found: Violation[] = [
    ...listViolations(cors, "origins", isOrigin, "an origin such as https://app.example.com, without a path"),
    ...listViolations(cors, "headers", (text) => HEADER_NAME.test(text), "the name of a header"),
    ...listViolations(cors, "expose-headers", (text) => HEADER_NAME.test(text), "the name of a header"),
    ...notBoolean(member(cors, "credentials"), `${pointer}/credentials`),
  ];
  const maxAge = member(cors, "max-age");
  if (
    maxAge !== undefined &&
    !(Number.isInteger(maxAge) && Number(maxAge) >= 0 && Number(maxAge) <= MAX_AGE_SECONDS_MAX)
  ) {
    found.push(error(`${pointer}/max-age`, `max-age is a number of seconds from 0 to ${MAX_AGE_SECONDS_MAX}.`));
  }
  const origins = texts(member(cors, "origins"));
  if (member(cors, "credentials") === true && (member(cors, "origins") === undefined || origins.includes("*"))) {
    const message =
      "With credentials any page on the web could call in the name of its visitor. List the origins that may.";
    found.push(error(`${pointer}/credentials`, message));
  }
  if (!enabled) {
    const message = "These settings have no effect as long as x-ibm-configuration.cors.enabled is not true.";
    const fix = {
      label: "Enable CORS",
      edits: [{ op: "set" as const, pointer: "/x-ibm-configuration/cors/enabled", value: true }],
    };
    found.push({ severity: "warning", pointer, message, fix });
  }
  return found;
}

function listViolations(cors: JsonObject, key: string, holds: (text: string) => boolean, what: string): Violation[] {
  const list = member(cors, key);
  const pointer = `${PORTICO}/cors/${key}`;
  if (list === undefined) return [];
  if (!Array.isArray(list)) return [error(pointer, `${key} is a list.`)];
  return list.flatMap((entry, index) =>
    typeof entry === "string" && holds(entry) ? [] : [error(`${pointer}/${index}`, `Each entry is ${what}.`)],
  );
}

/** As a browser sends it: scheme, host, a port that is not the usual one, nothing else. */
function isOrigin(text: string): boolean {
  return text === "*" || (URL.canParse(text) && new URL(text).origin === text);
}
