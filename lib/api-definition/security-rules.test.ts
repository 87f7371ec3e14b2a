import { describe, expect, it } from "vitest";
import { editDefinition } from "./edit-definition.ts";
import { examine } from "./examine.ts";
import { both, id, key, type Parts, secret, text } from "./test-definition.ts";

const findingsOf = async (format: "2.0" | "3.0" | "3.1", parts: Parts) => (await examine(text(format, parts))).findings;

interface Case {
  code: string;
  says: string;
  severity: "error" | "warning" | "info";
  bad: Parts;
  good: Parts;
  /** Whether the one-click fix leads to a text without this finding. */
  fixed?: boolean;
}

const cases: Case[] = [
  {
    code: "S70",
    says: "a definition that no requirement names has no effect",
    severity: "info",
    bad: { schemes: { id, secret }, security: [{ id: [] }] },
    good: { schemes: { id, secret }, security: both },
  },
  {
    code: "S75",
    says: "a definition has a parameter name",
    severity: "error",
    bad: { schemes: { id: { type: "apiKey", in: "header", "x-key-type": "client_id" } }, security: [{ id: [] }] },
    good: { schemes: { id }, security: [{ id: [] }] },
  },
  {
    code: "S76",
    says: "a key type is client_id or client_secret",
    severity: "error",
    bad: { schemes: { id: { ...id, "x-key-type": "clientid" } }, security: [{ id: [] }] },
    good: { schemes: { id }, security: [{ id: [] }] },
    fixed: true,
  },
  {
    code: "S79",
    says: "an API that is not enforced here says so",
    severity: "info",
    bad: { schemes: { id: key("Anything") }, security: [{ id: [] }], ibm: { enforced: false } },
    good: { schemes: { id }, security: [{ id: [] }], ibm: { enforced: true } },
  },
  {
    code: "S80",
    says: "a gateway type is one of two",
    severity: "error",
    bad: { schemes: { id }, security: [{ id: [] }], ibm: { gateway: "micro" } },
    good: { schemes: { id }, security: [{ id: [] }], ibm: { gateway: "datapower-gateway" } },
    fixed: true,
  },
  {
    code: "S81",
    says: 'the name of a client secret contains "secret"',
    severity: "error",
    bad: { schemes: { id, secret: { ...secret, name: "X-Password" } }, security: both },
    good: { schemes: { id, secret: { ...secret, name: "x-SECRET-word" } }, security: both },
    fixed: true,
  },
  {
    code: "S81",
    says: 'the name of a client ID does not contain "secret"',
    severity: "error",
    bad: { schemes: { id: { ...id, name: "X-Secret-Id" } }, security: [{ id: [] }] },
    good: { schemes: { id: { ...id, name: "X-API-Key" } }, security: [{ id: [] }] },
    fixed: true,
  },
  {
    code: "S82",
    says: "a v5 compatible gateway has fixed header names",
    severity: "error",
    bad: { schemes: { id: key("X-API-Key") }, security: [{ id: [] }], ibm: { gateway: "datapower-gateway" } },
    good: { schemes: { id: key("x-ibm-client-id") }, security: [{ id: [] }], ibm: { gateway: "datapower-gateway" } },
    fixed: true,
  },
  {
    code: "S82",
    says: "a v5 compatible gateway has fixed query names",
    severity: "error",
    bad: {
      schemes: { id: key("X-IBM-Client-Id", { in: "query" }) },
      security: [{ id: [] }],
      ibm: { gateway: "datapower-gateway" },
    },
    good: {
      schemes: { id: key("client_id", { in: "query" }) },
      security: [{ id: [] }],
      ibm: { gateway: "datapower-gateway" },
    },
    fixed: true,
  },
  {
    code: "S82",
    says: "where another gateway enforces, any name is accepted",
    severity: "error",
    bad: { schemes: { id: key("Any") }, security: [{ id: [] }], ibm: { gateway: "datapower-gateway" } },
    good: {
      schemes: { id: key("Any") },
      security: [{ id: [] }],
      ibm: { gateway: "datapower-gateway", enforced: false },
    },
  },
  {
    code: "S84",
    says: "at most two definitions are applied",
    severity: "error",
    bad: { schemes: { id, secret, third: key("X-Third") }, security: both, own: [{ third: [] }] },
    good: { schemes: { id, secret, third: key("X-Third") }, security: both },
  },
  {
    code: "S85",
    says: "a client secret needs the client ID beside it",
    severity: "error",
    bad: { schemes: { secret }, security: [{ secret: [] }] },
    good: { schemes: { id, secret }, security: both },
    fixed: true,
  },
  {
    code: "S85",
    says: "a client ID in another alternative is not beside the secret",
    severity: "error",
    bad: { schemes: { id, secret }, security: [{ id: [] }, { secret: [] }] },
    good: { schemes: { id, secret }, security: [{ id: [] }, { id: [], secret: [] }] },
    fixed: true,
  },
  {
    code: "S86",
    says: "at most one definition is a client ID, whatever its location",
    severity: "error",
    bad: { schemes: { id, other: key("other_id", { in: "query" }) }, security: [{ id: [] }, { other: [] }] },
    good: { schemes: { id, other: key("other_id", { in: "query" }) }, security: [{ id: [] }] },
    fixed: true,
  },
  {
    code: "S87",
    says: "at most one definition is a client secret, whatever its location",
    severity: "error",
    bad: {
      schemes: { id, secret, second: key("second_secret", { in: "query" }) },
      security: [{ id: [], secret: [], second: [] }],
    },
    good: { schemes: { id, secret }, security: both },
    fixed: true,
  },
  {
    code: "S88",
    says: "a key is located in a header or in the query",
    severity: "error",
    bad: { schemes: { id: { ...id, in: "cookie" } }, security: [{ id: [] }] },
    good: { schemes: { id: { ...id, in: "query" } }, security: [{ id: [] }] },
    fixed: true,
  },
  {
    code: "S89",
    says: "client ID and client secret have the same location",
    severity: "error",
    bad: { schemes: { id, secret: { ...secret, in: "query" } }, security: both },
    good: { schemes: { id: { ...id, in: "query" }, secret: { ...secret, in: "query" } }, security: both },
    fixed: true,
  },
  {
    code: "S89",
    says: "with a v5 compatible gateway the fix takes the fixed name along",
    severity: "error",
    bad: {
      schemes: { id: key("X-IBM-Client-Id"), secret: key("client_secret", { in: "query" }) },
      security: both,
      ibm: { gateway: "datapower-gateway" },
    },
    good: { schemes: { id, secret }, security: both, ibm: { gateway: "datapower-gateway" } },
    fixed: true,
  },
  {
    code: "S91",
    says: "a key in the query is warned of",
    severity: "warning",
    bad: { schemes: { id: { ...id, in: "query" } }, security: [{ id: [] }] },
    good: { schemes: { id }, security: [{ id: [] }] },
  },
  {
    code: "X3",
    says: "basic excludes OAuth",
    severity: "warning",
    bad: { schemes: { basic: { type: "basic" }, oauth: { type: "oauth2" } }, security: [{ basic: [] }, { oauth: [] }] },
    good: { schemes: { basic: { type: "basic" }, oauth: { type: "oauth2" } }, security: [{ oauth: [] }] },
  },
  {
    code: "X3",
    says: "at most one OAuth scheme is applied",
    severity: "warning",
    bad: { schemes: { one: { type: "oauth2" }, two: { type: "oauth2" } }, security: [{ one: [] }], own: [{ two: [] }] },
    good: { schemes: { one: { type: "oauth2" }, two: { type: "oauth2" } }, security: [{ one: [] }] },
  },
  {
    code: "SECURITY_UNDEFINED",
    says: "a requirement names what is defined",
    severity: "error",
    bad: { schemes: { id }, security: [{ ID: [] }] },
    good: { schemes: { id }, security: [{ id: [] }] },
  },
  {
    code: "OPEN",
    says: "an API that asks nobody for a client ID is warned of",
    severity: "warning",
    bad: { schemes: {} },
    good: { schemes: { id }, security: [{ id: [] }] },
    fixed: true,
  },
];

for (const format of ["2.0", "3.0", "3.1"] as const) {
  describe(`rules of an OpenAPI ${format} definition`, () => {
    for (const { code, says, severity, bad, good, fixed } of cases) {
      it(`${code}: ${says}`, async () => {
        const found = (await findingsOf(format, bad)).filter((f) => f.code === code);
        expect(found[0]).toMatchObject({ code, severity });
        expect((await findingsOf(format, good)).filter((f) => f.code === code)).toEqual([]);
        if (!fixed) return;
        const repaired = editDefinition(text(format, bad), found[0]?.fix?.edits ?? []);
        const rest = (await examine(repaired)).findings.filter((f) => f.code === code || f.severity === "error");
        expect(rest).toEqual([]);
      });
    }

    it("points at the line of what is wrong", async () => {
      const parts = { schemes: { id, secret: { ...secret, in: "query" } }, security: both };
      const found = (await findingsOf(format, parts)).find((f) => f.code === "S89");
      const line = text(format, parts).split("\n")[(found?.line ?? 0) - 1] ?? "";
      expect(line.slice((found?.column ?? 1) - 1)).toBe('"in": "query",');
    });
  });
}
