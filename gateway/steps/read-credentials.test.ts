import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call } from "#gateway/call.ts";
import { headerName } from "#gateway/header-names.ts";
import { compileApi } from "#gateway/snapshot/compile-api.ts";
import type { CompiledScheme } from "#lib/api-definition/compiled.ts";
import { newClientId } from "#lib/ids.ts";
import { readCredentials } from "./read-credentials.ts";

// Any security requirement, any placement of credentials, against a model that knows nothing of how it is done.

const schemes: Record<string, CompiledScheme> = {
  idH: { key: "client_id", in: "header", name: "X-App" },
  idH2: { key: "client_id", in: "header", name: "X-Other-App" },
  idQ: { key: "client_id", in: "query", name: "app" },
  secretH: { key: "client_secret", in: "header", name: "X-App-Secret" },
  secretQ: { key: "client_secret", in: "query", name: "app_secret" },
};
const ids = ["idH", "idH2", "idQ"] as const;
const secrets = ["secretH", "secretQ"] as const;
type Name = keyof typeof schemes;

/** What an alternative asks for: an ID scheme with or without a secret scheme, or nothing (optional). */
const alternative = fc.oneof(
  fc.constant([] as Name[]),
  fc.tuple(fc.constantFrom(...ids)).map((names): Name[] => names),
  fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...secrets)).map((names): Name[] => names),
);
const requirement = fc.array(alternative, { maxLength: 4 });
/** How often, and with what, each declared place is filled; and what is put where it does not belong. */
const sent = fc.record({
  filled: fc.dictionary(fc.constantFrom(...ids, ...secrets), fc.constantFrom("value", "empty"), { maxKeys: 5 }),
  again: fc.option(fc.constantFrom(...ids), { nil: undefined, freq: 4 }),
  misplaced: fc.option(fc.constantFrom(...ids, ...secrets), { nil: undefined, freq: 4 }),
  inBody: fc.boolean(),
});

const clientId = newClientId();
const carriedBy = (name: Name) => (schemes[name]?.key === "client_id" ? clientId : "the-secret");

interface Sent {
  filled: Partial<Record<string, string>>;
  again?: Name | undefined;
  misplaced?: Name | undefined;
}

function places({ filled, again, misplaced }: Sent): { in: "header" | "query"; name: string; value: string }[] {
  const made = Object.entries(filled).map(([name, what]) => ({
    in: schemes[name]?.in ?? "header",
    name: schemes[name]?.name ?? "",
    value: what === "value" ? carriedBy(name) : "",
  }));
  for (const [name, flip] of [
    [again, false],
    [misplaced, true],
  ] as const) {
    const scheme = name && schemes[name];
    if (!scheme) continue;
    const place = flip ? (scheme.in === "header" ? "query" : "header") : scheme.in;
    made.push({ in: place, name: scheme.name, value: carriedBy(name) });
  }
  return made;
}

function callWith(security: Name[][], given: Sent): Call {
  const operation = { key: "get", method: "GET", path: "/x", security };
  const api = compileApi({
    id: "api",
    apiDefinitionId: "definition",
    catalogId: "catalog",
    catalogSlug: "sandbox",
    catalogKind: "sandbox",
    organizationId: "organization",
    pathPrefix: "acme",
    basePath: "/base",
    backend: null,
    compiled: {
      format: 1,
      basePath: "/base",
      enforced: true,
      schemes,
      forwardsAuthorization: false,
      operations: [operation],
    },
  });
  const all = places(given);
  const headers = all.filter((each) => each.in === "header");
  const query = all.filter((each) => each.in === "query");
  return {
    api,
    operation: api.router.find("GET", "/x"),
    names: headers.map(({ name }) => headerName(name)),
    req: { rawHeaders: headers.flatMap(({ name, value }) => [name, value]) },
    bearer: "",
    query: new URLSearchParams(query.map(({ name, value }): [string, string] => [name, value])).toString(),
  } as unknown as Call;
}

/** The contract in the words of gateway.md 2.1 to 2.3. */
function model(security: Name[][], given: Sent): string {
  if (security.length === 0) return "open";
  const has = (name: Name) => given.filled[name] === "value" || given.again === name;
  const count =
    ids.filter((name) => given.filled[name] === "value").length +
    (given.again ? 1 : 0) +
    (given.misplaced && schemes[given.misplaced]?.key === "client_id" ? 1 : 0);
  if (count > 1) return "MULTIPLE_CLIENT_IDS";
  const complete = security.filter((names) => names.length > 0 && names.every(has)).length;
  if (complete > 0) return `presented ${complete}`;
  if (security.some((names) => names.length === 0)) return "presented 0";
  return security.some(([id]) => id !== undefined && has(id)) ? "Client secret is missing" : "Client ID is missing";
}

test("AND within, OR between, optional, open, wrong place, twice: as the contract says, for any requirement", () => {
  fc.assert(
    fc.property(requirement, sent, (security, given) => {
      const call = callWith(security, given);
      const refused = readCredentials(call);
      const { code, detail } = refused?.rendered ?? {};
      const missing = code === "CREDENTIAL_MISSING" ? detail : code;
      const outcome = missing ?? (security.length === 0 ? "open" : `presented ${call.presented.length}`);
      expect(outcome).toBe(model(security, given));
      for (const presented of call.presented ?? []) expect(presented.clientId).toBe(clientId);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["id-repeated", { filled: { idH: "value" }, again: "idH" }],
  ["id-in-both-places", { filled: { idH: "value", idQ: "value" } }],
  ["id-in-both-places", { filled: { idH: "value" }, misplaced: "idH" }],
  ["id-in-several-schemes", { filled: { idH: "value", idH2: "value" } }],
  ["wrong-location", { filled: {}, misplaced: "idH" }],
  ["empty", { filled: { idH: "empty" } }],
  ["absent", { filled: {} }],
  ["wrong-location", { filled: { idH: "value" }, misplaced: "secretH" }],
  ["empty", { filled: { idH: "value", secretH: "empty" } }],
  ["absent", { filled: { idH: "value" } }],
] as const)("the cause on record is %s for %j", (cause, given) => {
  const several = { idH: ["idH", "secretH"], idH2: ["idH2"], idQ: ["idQ"] };
  const security = "idQ" in given.filled || "idH2" in given.filled ? Object.values(several) : [several.idH];
  expect(readCredentials(callWith(security, given))?.cause).toBe(cause);
});
