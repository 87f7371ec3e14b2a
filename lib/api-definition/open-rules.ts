import type { DefinitionEdit } from "./compiled.ts";
import { toPointer } from "./json-pointer.ts";
import { effectiveSecurity } from "./operations.ts";
import type { Rule, RuleContext } from "./rules.ts";
import { alternativesOf, type KeyScheme } from "./security-model.ts";

/** The scheme that a new API starts with (S83), and that the one-click fix of an open API adds. */
export const CLIENT_ID_SCHEME = {
  type: "apiKey",
  name: "X-IBM-Client-Id",
  in: "header",
  "x-key-type": "client_id",
} as const;

/** What is defined without effect, and what is open without meaning to be. */
export const openRules: Rule[] = [
  {
    code: "S70",
    check: ({ security, applied }) =>
      security.schemes
        .filter((s) => !s.foreign && !applied.includes(s))
        .map((s) => ({
          severity: "info",
          pointer: s.pointer,
          message: `${s.id} is defined, but no security requirement names it, so it has no effect.`,
        })),
  },
  {
    code: "S79",
    check: ({ security }) =>
      security.enforced
        ? []
        : [
            {
              severity: "info",
              pointer: "/x-ibm-configuration/enforced",
              message: "Another gateway enforces this API. Ours passes its calls on without checking a client ID.",
            },
          ],
  },
  {
    code: "SECURITY_UNDEFINED",
    check: ({ security }) =>
      security.requirements.flatMap(({ pointer, alternatives }) =>
        alternatives.flatMap((names, index) =>
          names
            .filter((name) => !security.types.has(name))
            .map((name) => ({
              severity: "error" as const,
              pointer: `${pointer}/${index}${toPointer([name])}`,
              message: `The requirement names ${name}, which is not among the security definitions.`,
            })),
        ),
      ),
  },
  {
    code: "BACKEND_KEY",
    check: ({ security }) =>
      security.schemes
        .filter((s) => s.foreign)
        .map((s) => ({
          severity: "warning",
          pointer: s.pointer,
          message: `${s.id} is sent in ${s.in === "cookie" ? "a cookie" : "the Authorization header"}, so it is taken for a key of the backend: the gateway does not check it.`,
        })),
  },
  { code: "OPEN", check: openOperations },
];

function openOperations(context: RuleContext): ReturnType<Rule["check"]> {
  const { document, operations, applied, security } = context;
  if (!security.enforced || operations.length === 0) return [];
  const keys = new Set(applied.map((s) => s.id));
  const open = operations.filter(({ operation }) => {
    const alternatives = alternativesOf(effectiveSecurity(document, operation));
    return alternatives.length === 0 || alternatives.some((names) => !names.some((name) => keys.has(name)));
  });
  if (open.length === 0) return [];
  const all = open.length === operations.length;
  const which = all ? "No operation asks" : `${open.length} of ${operations.length} operations do not always ask`;
  return [
    {
      severity: "warning",
      pointer: all ? "" : (open[0]?.pointer ?? ""),
      message: `${which} for a client ID, so calls of unknown applications reach the backend.`,
      ...(all && { fix: { label: "Ask for a client ID", edits: askForClientId(context) } }),
    },
  ];
}

/** Adds the client ID to every alternative of the API's requirement, beside what the backend asks for itself. */
function askForClientId({ security }: RuleContext): DefinitionEdit[] {
  const existing = security.schemes.find((s: KeyScheme) => !s.foreign && s.keyType === "client_id");
  const id = existing?.id ?? "clientId";
  const edits: DefinitionEdit[] = existing
    ? []
    : [{ op: "set", pointer: `${security.schemesPointer}/clientId`, value: CLIENT_ID_SCHEME }];
  const lists = security.requirements.filter((list) => list.alternatives.length > 0);
  if (!lists.some((list) => list.pointer === "/security")) {
    edits.push({ op: "set", pointer: "/security", value: [{ [id]: [] }] });
  }
  for (const { pointer, alternatives } of lists) {
    alternatives.forEach((_, index) => {
      edits.push({ op: "set", pointer: `${pointer}/${index}${toPointer([id])}`, value: [] });
    });
  }
  return edits;
}
