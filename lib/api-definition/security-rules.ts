import type { DefinitionEdit, KeyType } from "./compiled.ts";
import { typeByName } from "./definition-form.rules.ts";
import { toPointer } from "./json-pointer.ts";
import { openRules } from "./open-rules.ts";
import type { Rule, RuleContext, Violation } from "./rules.ts";
import { isKeyType, type KeyScheme } from "./security-model.ts";

/** Parameter names of a "v5 compatible" gateway (S82), and the names that we suggest elsewhere. */
export const FIXED_NAMES = {
  header: { client_id: "X-IBM-Client-Id", client_secret: "X-IBM-Client-Secret" },
  query: { client_id: "client_id", client_secret: "client_secret" },
} as const;

const words: Record<KeyType, string> = { client_id: "client ID", client_secret: "client secret" };
const locationOf = (scheme: KeyScheme): "header" | "query" => (scheme.in === "query" ? "query" : "header");
const sameName = (scheme: KeyScheme, fixed: string): boolean =>
  // Header names are compared in any case (RFC 9110, 5.1), query parameters are not.
  scheme.in === "query" ? scheme.parameterName === fixed : scheme.parameterName.toLowerCase() === fixed.toLowerCase();

const set = (pointer: string, value: unknown): DefinitionEdit => ({ op: "set", pointer, value });
const of = (context: RuleContext, type: KeyType): KeyScheme[] => context.applied.filter((s) => s.keyType === type);
const v5 = (context: RuleContext): boolean => context.security.gatewayType === "datapower-gateway";

/** Puts `keep` in the place of `drop` wherever a requirement names it, so that nothing opens by the fix. */
function replaceInRequirements(context: RuleContext, drop: KeyScheme, keep: KeyScheme): DefinitionEdit[] {
  return context.security.requirements.flatMap(({ pointer, alternatives }) =>
    alternatives.flatMap((names, index): DefinitionEdit[] => {
      if (!names.includes(drop.id)) return [];
      const at = `${pointer}/${index}${toPointer([drop.id])}`;
      return [names.includes(keep.id) ? { op: "remove", pointer: at } : { op: "rename", pointer: at, key: keep.id }];
    }),
  );
}

function atMostOne(type: KeyType): Rule["check"] {
  return (context) => {
    const [first, ...others] = of(context, type);
    if (!first) return [];
    return others.map((other) => ({
      severity: context.severity,
      pointer: other.pointer,
      message: `${first.id} and ${other.id} are both of type ${words[type]}. An API has at most one, whatever its location.`,
      fix: { label: `Ask for ${first.id} only`, edits: replaceInRequirements(context, other, first) },
    }));
  };
}

/** S79-S91 and X3 as data: a rule, its code, and what it finds. Names are not judged where another gateway enforces (S79). */
export const securityRules: Rule[] = [
  {
    code: "S75",
    check: ({ security }) =>
      security.schemes
        .filter((s) => s.parameterName === "")
        .map((s) => ({
          severity: "error",
          pointer: s.pointer,
          message: `${s.id} has no parameter name. Enter the name under which callers send it.`,
        })),
  },
  {
    code: "S76",
    check: ({ security }) =>
      security.schemes
        .filter((s) => s.declaredType !== "" && !isKeyType(s.declaredType))
        .map((s) => ({
          severity: "error",
          pointer: `${s.pointer}/x-key-type`,
          message: `The key type "${s.declaredType}" of ${s.id} does not exist. It is client_id or client_secret.`,
          fix: { label: `Set to ${s.keyType}`, edits: [set(`${s.pointer}/x-key-type`, s.keyType)] },
        })),
  },
  {
    code: "S80",
    check: ({ security: { gatewayType } }) =>
      gatewayType === "datapower-api-gateway" || gatewayType === "datapower-gateway"
        ? []
        : [
            {
              severity: "error",
              pointer: "/x-ibm-configuration/gateway",
              message: `The gateway type "${gatewayType}" does not exist. It is datapower-api-gateway or datapower-gateway (v5 compatible).`,
              fix: {
                label: "Set to API gateway",
                edits: [set("/x-ibm-configuration/gateway", "datapower-api-gateway")],
              },
            },
          ],
  },
  { code: "S81", check: (context) => (context.security.enforced && !v5(context) ? nameDisagreements(context) : []) },
  { code: "S82", check: (context) => (context.security.enforced && v5(context) ? unfixedNames(context) : []) },
  {
    code: "S84",
    check: ({ applied, severity }) => {
      const third = applied[2];
      if (!third) return [];
      const names = applied.map((s) => s.id).join(", ");
      return [
        {
          severity,
          pointer: third.pointer,
          message: `${applied.length} API key definitions are applied: ${names}. At most two may be, one client ID and one client secret.`,
        },
      ];
    },
  },
  { code: "S85", check: secretsAlone },
  { code: "S86", check: atMostOne("client_id") },
  { code: "S87", check: atMostOne("client_secret") },
  {
    code: "S88",
    check: ({ security }) =>
      security.schemes
        .filter((s) => s.in !== "header" && s.in !== "query" && !s.foreign)
        .map((s) => ({
          severity: "error",
          pointer: `${s.pointer}/in`,
          message: `${s.id} is located in "${s.in}". A key is sent in a header or in the query.`,
          fix: { label: "Set to header", edits: [set(`${s.pointer}/in`, "header")] },
        })),
  },
  {
    code: "S89",
    check: (context) => {
      const [id] = of(context, "client_id");
      const [secret] = of(context, "client_secret");
      if (!id || !secret || locationOf(id) === locationOf(secret)) return [];
      const location = locationOf(id);
      const edits = [set(`${secret.pointer}/in`, location)];
      if (v5(context)) edits.push(set(`${secret.pointer}/name`, FIXED_NAMES[location].client_secret));
      const message = `The client ID is in ${location}. The client secret must be there too, it is in ${locationOf(secret)}.`;
      return [
        {
          severity: context.severity,
          pointer: `${secret.pointer}/in`,
          message,
          fix: { label: `Set to ${location}`, edits },
        },
      ];
    },
  },
  {
    code: "S91",
    check: ({ applied }) =>
      applied
        .filter((s) => s.in === "query")
        .map((s) => ({
          severity: "warning",
          pointer: `${s.pointer}/in`,
          message: `${s.id} travels in the query, and query strings end up in logs. Ours leave it out, those of proxies in between may not.`,
        })),
  },
  { code: "X3", check: basicAndOAuth },
  ...openRules,
];

function nameDisagreements(context: RuleContext): Violation[] {
  return context.security.schemes.flatMap((s): Violation[] => {
    const says = typeByName(s.parameterName);
    if (!isKeyType(s.declaredType) || s.declaredType === says || s.parameterName === "") return [];
    const message =
      s.declaredType === "client_secret"
        ? `${s.id} is a client secret, but its parameter name "${s.parameterName}" does not contain "secret".`
        : `${s.id} is a client ID, but its parameter name "${s.parameterName}" contains "secret".`;
    // Changing the type must not move the error elsewhere: to two of a type (S86, S87) or a secret alone (S85).
    const types = context.security.schemes.filter((other) => other !== s).map((other) => other.keyType);
    const retype = !types.includes(says) && (says === "client_id" || types.includes("client_id"));
    const name = FIXED_NAMES[locationOf(s)][s.declaredType];
    const fix = retype
      ? { label: `Set the key type to ${words[says]}`, edits: [set(`${s.pointer}/x-key-type`, says)] }
      : { label: `Rename the parameter to ${name}`, edits: [set(`${s.pointer}/name`, name)] };
    return [{ severity: severityOf(context, s), pointer: `${s.pointer}/name`, message, fix }];
  });
}

function unfixedNames(context: RuleContext): Violation[] {
  return context.security.schemes
    .filter((s) => !s.foreign && !sameName(s, FIXED_NAMES[locationOf(s)][s.keyType]))
    .map((s) => {
      const name = FIXED_NAMES[locationOf(s)][s.keyType];
      return {
        severity: severityOf(context, s),
        pointer: `${s.pointer}/name`,
        message: `With the v5 compatible gateway the ${words[s.keyType]} in ${locationOf(s)} is named ${name}, not ${s.parameterName}.`,
        fix: { label: `Rename to ${name}`, edits: [set(`${s.pointer}/name`, name)] },
      };
    });
}

/** A scheme that no requirement names has no effect (S70): what is wrong with it can wait. */
const severityOf = (context: RuleContext, scheme: KeyScheme): "error" | "warning" =>
  context.applied.includes(scheme) ? "error" : "warning";

function secretsAlone(context: RuleContext): Violation[] {
  const secrets = new Set(of(context, "client_secret").map((s) => s.id));
  const ids = new Set(of(context, "client_id").map((s) => s.id));
  const known = context.security.schemes.find((s) => s.keyType === "client_id" && !s.foreign);
  const location = locationOf(of(context, "client_secret")[0] ?? { ...NOWHERE });
  const value = { type: "apiKey", name: FIXED_NAMES[location].client_id, in: location, "x-key-type": "client_id" };
  return context.security.requirements.flatMap(({ pointer, alternatives }) =>
    alternatives.flatMap((names, index): Violation[] => {
      const secret = names.find((name) => secrets.has(name));
      if (!secret || names.some((name) => ids.has(name))) return [];
      const id = known?.id ?? "clientId";
      const at = `${pointer}/${index}`;
      const edits = [
        ...(known ? [] : [set(`${context.security.schemesPointer}/clientId`, value)]),
        set(`${at}/${id}`, []),
      ];
      const message = `${secret} is a client secret and is asked for alone. A client secret needs the client ID beside it.`;
      return [{ severity: context.severity, pointer: at, message, fix: { label: "Ask for the client ID too", edits } }];
    }),
  );
}

const NOWHERE: KeyScheme = {
  id: "",
  pointer: "",
  parameterName: "",
  in: "header",
  declaredType: "",
  keyType: "client_secret",
  foreign: false,
};

/** The backend checks these, not the gateway: a warning always. */
function basicAndOAuth({ security }: RuleContext): Violation[] {
  const named = [...new Set(security.requirements.flatMap((list) => list.alternatives.flat()))];
  const basic = named.filter((name) => security.types.get(name) === "basic");
  const oauth = named.filter((name) => security.types.get(name) === "oauth2");
  const warn = (name: string | undefined, message: string): Violation[] =>
    name === undefined
      ? []
      : [{ severity: "warning", pointer: `${security.schemesPointer}${toPointer([name])}`, message }];
  return [
    ...warn(basic[1], "More than one basic scheme is applied. At most one may be."),
    ...warn(oauth[1], "More than one OAuth scheme is applied. At most one may be."),
    ...(basic[0] && oauth[0]
      ? warn(basic[0], `${basic[0]} (basic) and ${oauth[0]} (OAuth) are both applied. Basic excludes OAuth.`)
      : []),
  ];
}
