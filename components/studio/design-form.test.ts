import { describe, expect, test } from "vitest";
import type { KeyType } from "#lib/api-definition/compiled.ts";
import type { DefinitionForm } from "#lib/api-definition/definition-form.rules.ts";
import { editsBetween, fieldOf, markKnown, missingFields, newOption, newScheme, toLocal } from "./design-form.ts";

const scheme = (name: string, parameterName: string, keyType: KeyType) => ({
  name,
  parameterName,
  keyType,
  in: "header",
  description: "",
  pointer: `/components/securitySchemes/${name}`,
  applied: true,
});

const text: DefinitionForm = {
  title: "Weather",
  version: "1.0.0",
  description: "",
  basePath: "/weather",
  gatewayType: "datapower-api-gateway",
  enforced: true,
  schemes: [scheme("clientId", "X-IBM-Client-Id", "client_id")],
  security: [["clientId"]],
  schemeNames: ["clientId", "oauth"],
  cors: false,
  assembly: { execute: [], catches: [], finally: [] },
};

describe("the form of a text", () => {
  test("makes no edit as long as nothing was changed", () => {
    expect(editsBetween(text, toLocal(text))).toEqual([]);
  });

  test("sends the general facts together and nothing else", () => {
    const form = { ...toLocal(text), title: "Weather 2" };
    expect(editsBetween(text, form)).toEqual([{ kind: "info", title: "Weather 2", version: "1.0.0", description: "" }]);
  });

  test("keeps a definition that is not complete in the page and out of the text", () => {
    const form = toLocal(text);
    const added = { ...form, schemes: [...form.schemes, { ...newScheme(form), name: "Client Secret" }] };
    expect(editsBetween(text, added)).toEqual([]);
    expect(missingFields(added).map((f) => f.message)).toEqual(["Enter a parameter name"]);
    expect(toLocal(text, added).schemes.map((s) => s.name)).toEqual(["clientId", "Client Secret"]);
  });

  test("proposes the client secret where there is a client ID already", () => {
    expect(newScheme(toLocal(text)).keyType).toBe("client_secret");
    expect(newScheme(toLocal({ ...text, schemes: [] })).keyType).toBe("client_id");
  });

  test("puts a new definition and ticks it in the same go", () => {
    const form = toLocal(text);
    const secret = { ...newScheme(form), name: "Client Secret", parameterName: "X-IBM-Client-Secret" };
    const [option] = form.security;
    if (!option) throw new Error("an option");
    const next = {
      ...form,
      schemes: [...form.schemes, secret],
      security: [{ ...option, names: ["clientId", "Client Secret"] }],
    };
    expect(editsBetween(text, next).map((e) => e.kind)).toEqual(["put-scheme", "security"]);
  });

  test("leaves the requirement to the server when a definition is only renamed or removed", () => {
    const form = toLocal(text);
    const renamed = {
      ...form,
      schemes: form.schemes.map((s) => ({ ...s, name: "Client ID" })),
      security: form.security.map((o) => ({ ...o, names: ["Client ID"] })),
    };
    expect(editsBetween(text, renamed)).toMatchObject([
      { kind: "put-scheme", previousName: "clientId", name: "Client ID" },
    ]);
    expect(editsBetween(text, { ...form, schemes: [], security: [] })).toEqual([
      { kind: "remove-scheme", name: "clientId" },
    ]);
  });

  test("does not send an option without a tick, and sends one that was emptied", () => {
    const form = toLocal(text);
    expect(editsBetween(text, { ...form, security: [...form.security, newOption()] })).toEqual([]);
    const emptied = { ...form, security: form.security.map((o) => ({ ...o, names: [] })) };
    expect(editsBetween(text, emptied)).toEqual([{ kind: "security", security: [[]] }]);
  });

  test("goes on from the new name when somebody types on while the server answers", () => {
    const form = toLocal(text);
    const sent = { ...form, schemes: form.schemes.map((s) => ({ ...s, name: "Client" })) };
    const later = { ...sent, schemes: sent.schemes.map((s) => ({ ...s, name: "Client ID" })) };
    expect(markKnown(later, sent).schemes[0]).toMatchObject({ known: "Client", name: "Client ID" });
  });

  test("finds the field of a refused edit", () => {
    const form = { ...toLocal(text), title: "" };
    const broken = { ...form, schemes: form.schemes.map((s) => ({ ...s, parameterName: "a b" })) };
    const edits = editsBetween(text, broken);
    expect(fieldOf("edits.0.title", edits, broken)).toBe("title");
    expect(fieldOf("edits.1.parameterName", edits, broken)).toBe(`scheme.${broken.schemes[0]?.key}.parameterName`);
  });
});
