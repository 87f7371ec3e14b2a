import { describe, expect, it } from "vitest";
import type { DefinitionEdit } from "./compiled.ts";
import type { FormEdit } from "./definition.schema.ts";
import { editDefinition } from "./edit-definition.ts";
import { applyFormEdit } from "./form-edits.ts";
import { readForm } from "./read-form.ts";

const yaml = `# Weather, by the team in Ghent
openapi: 3.0.3
info:
  title: 'Weather'   # shown in the catalog
  version: "1.0"
  x-team: {name: ghent, size: 4}
servers:
- url: /weather
security:
- clientId: []   # everywhere

paths:
    /current:
        get:
            # no cache here
            operationId: getCurrent
            security: []
            responses: {"200": {description: ok}}
components:
  securitySchemes:
    # the caller
    clientId:
      type: apiKey
      in: header
      name: X-IBM-Client-Id
      x-key-type: client_id
      description: |
        Who calls.

        Not confidential.
x-last: true
`;

/** Lines that went, with "-", and lines that came, with "+". */
function diff(before: string, after: string): string[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const gone = a.filter((line) => !b.includes(line)).map((line) => `-${line}`);
  return [...gone, ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`)];
}

const edit = (source: string, ...edits: DefinitionEdit[]) => diff(source, editDefinition(source, edits));

describe("an edit of YAML touches its own lines only", () => {
  it("sets a scalar in its own quotes and keeps the comment behind it", () => {
    expect(edit(yaml, { op: "set", pointer: "/info/title", value: "It's hot" })).toEqual([
      "-  title: 'Weather'   # shown in the catalog",
      "+  title: 'It''s hot'   # shown in the catalog",
    ]);
    expect(edit(yaml, { op: "set", pointer: "/info/version", value: "2.0" })).toEqual([
      '-  version: "1.0"',
      '+  version: "2.0"',
    ]);
  });

  it("adds a member behind the last one, in the indentation of its siblings", () => {
    expect(edit(yaml, { op: "set", pointer: "/paths/~1current/get/summary", value: "Now: here" })).toEqual([
      '+            summary: "Now: here"',
    ]);
  });

  it("adds what is missing on the way, and puts it before the comments of what follows", () => {
    expect(edit(yaml, { op: "set", pointer: "/x-portico/base-path", value: "/w" })).toEqual([
      "+x-portico:",
      "+  base-path: /w",
    ]);
    const value = { type: "apiKey", in: "header", name: "X-IBM-Client-Secret" };
    const result = editDefinition(yaml, [{ op: "set", pointer: "/components/securitySchemes/clientSecret", value }]);
    expect(result).toContain("        Not confidential.\n    clientSecret:\n      type: apiKey\n");
  });

  it("adds to a list and to braces as they are written", () => {
    expect(edit(yaml, { op: "set", pointer: "/security/0/clientSecret", value: [] })).toEqual(["+  clientSecret: []"]);
    expect(edit(yaml, { op: "set", pointer: "/security/1", value: { other: [] } })).toEqual(["+- other: []"]);
    expect(edit(yaml, { op: "set", pointer: "/info/x-team/lead", value: "An" })).toEqual([
      "-  x-team: {name: ghent, size: 4}",
      "+  x-team: {name: ghent, size: 4, lead: An}",
    ]);
    expect(edit(yaml, { op: "set", pointer: "/paths/~1current/get/security", value: [{ clientId: [] }] })).toEqual([
      "-            security: []",
      "+            security:",
      "+              - clientId: []",
    ]);
  });

  it("replaces a text of several lines by one line and back", () => {
    const at = "/components/securitySchemes/clientId/description";
    expect(edit(yaml, { op: "set", pointer: at, value: "The caller" })).toEqual([
      "-      description: |",
      "-        Who calls.",
      "-        Not confidential.",
      "+      description: The caller",
    ]);
    for (const pointer of ["/info/title", "/components/securitySchemes/clientId/name", "/info/description"]) {
      const long = editDefinition(yaml, [{ op: "set", pointer, value: "Two\n\n  lines: # no comment\n" }]);
      expect(long).toContain("# shown in the catalog");
    }
  });

  it("removes lines, and empties what loses its last member", () => {
    expect(edit(yaml, { op: "remove", pointer: "/components/securitySchemes/clientId/description" })).toEqual([
      "-      description: |",
      "-        Who calls.",
      "-        Not confidential.",
    ]);
    expect(edit(yaml, { op: "remove", pointer: "/security/0" })).toEqual([
      "-security:",
      "-- clientId: []   # everywhere",
      "+security: []   # everywhere",
    ]);
    expect(edit(yaml, { op: "remove", pointer: "/info/x-team/name" })).toEqual([
      "-  x-team: {name: ghent, size: 4}",
      "+  x-team: {size: 4}",
    ]);
  });

  it("renames a key where it stands", () => {
    expect(edit(yaml, { op: "rename", pointer: "/components/securitySchemes/clientId", key: "caller" })).toEqual([
      "-    clientId:",
      "+    caller:",
    ]);
  });

  it("makes several edits in their order, also on what an earlier one made", () => {
    const result = editDefinition(yaml, [
      { op: "set", pointer: "/info/description", value: "One" },
      { op: "set", pointer: "/info/contact/name", value: "An" },
      { op: "set", pointer: "/info/contact/email", value: "an@example.com" },
      { op: "rename", pointer: "/info/contact", key: "x-contact" },
      { op: "remove", pointer: "/info/x-contact/name" },
    ]);
    expect(diff(yaml, result)).toEqual(["+  description: One", "+  x-contact:", "+    email: an@example.com"]);
  });

  it("keeps a byte order mark and Windows line ends", () => {
    const windows = `\uFEFF${yaml.replaceAll("\n", "\r\n")}`;
    const result = editDefinition(windows, [{ op: "set", pointer: "/x-portico/base-path", value: "/w" }]);
    expect(result).toBe(`${windows}x-portico:\r\n  base-path: /w\r\n`);
  });

  it("refuses what an alias shares instead of changing it elsewhere too", () => {
    const shared = "openapi: 3.0.3\ninfo: &i {title: a, version: '1'}\nx-copy: *i\n";
    expect(() => editDefinition(shared, [{ op: "set", pointer: "/info/title", value: "b" }])).toThrow(
      /Edit it in the source/,
    );
  });

  it("T17: keys such as __proto__ are keys", () => {
    const result = editDefinition(yaml, [{ op: "set", pointer: "/info/__proto__/polluted", value: true }]);
    expect(result).toContain("__proto__:\n    polluted: true");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("an edit of JSON touches its own lines only", () => {
  const json = JSON.stringify(
    { openapi: "3.0.3", info: { title: "A", version: "1" }, paths: {}, tags: ["a"] },
    null,
    4,
  );

  it("sets, adds, removes and renames, and JSON stays JSON", () => {
    expect(edit(json, { op: "set", pointer: "/info/title", value: 'B"' })).toEqual([
      '-        "title": "A",',
      '+        "title": "B\\"",',
    ]);
    expect(edit(json, { op: "set", pointer: "/x-portico/base-path", value: "/w" })).toEqual([
      "-    ]",
      "+    ],",
      '+    "x-portico": {',
      '+        "base-path": "/w"',
      "+    }",
    ]);
    expect(edit(json, { op: "set", pointer: "/paths/~1a", value: {} })).toEqual([
      '-    "paths": {},',
      '+    "paths": {',
      '+        "/a": {}',
    ]);
    expect(edit(json, { op: "remove", pointer: "/info/title" })).toEqual(['-        "title": "A",']);
    expect(edit(json, { op: "rename", pointer: "/info/title", key: "name" })).toEqual([
      '-        "title": "A",',
      '+        "name": "A",',
    ]);
  });

  it("keeps a text without line breaks on its one line", () => {
    const line = '{"openapi":"3.0.3","info":{"title":"A","version":"1"},"paths":{}}';
    expect(editDefinition(line, [{ op: "set", pointer: "/x-portico/base-path", value: "/w" }])).toBe(
      '{"openapi":"3.0.3","info":{"title":"A","version":"1"},"paths":{}, "x-portico": {"base-path":"/w"}}',
    );
  });

  it("keeps tabs", () => {
    const tabs = JSON.stringify(JSON.parse(json), null, "\t");
    const result = editDefinition(tabs, [{ op: "set", pointer: "/x-portico/base-path", value: "/w" }]);
    expect(result).toContain('\t"x-portico": {\n\t\t"base-path": "/w"\n\t}\n}');
  });
});

describe("the design form", () => {
  const form = (source: string, change: FormEdit) => diff(source, applyFormEdit(source, change));
  const secret: FormEdit = {
    kind: "put-scheme",
    previousName: null,
    name: "clientSecret",
    parameterName: "X-IBM-Client-Secret",
    keyType: "client_secret",
    in: "header",
    description: "",
  };

  it("S71: what it writes it reads back, comments and unknown keys stay", () => {
    let source = applyFormEdit(yaml, secret);
    source = applyFormEdit(source, { kind: "security", security: [["clientId", "clientSecret"]] });
    source = applyFormEdit(source, { kind: "gateway", gatewayType: "datapower-gateway", enforced: false });
    source = applyFormEdit(source, { kind: "info", title: "Weather 2", version: "2.0", description: "Two\nlines" });
    source = applyFormEdit(source, { kind: "base-path", basePath: "/weather/v2" });
    expect(readForm(source)).toMatchObject({
      title: "Weather 2",
      version: "2.0",
      description: "Two\nlines",
      basePath: "/weather/v2",
      gatewayType: "datapower-gateway",
      enforced: false,
      security: [["clientId", "clientSecret"]],
    });
    for (const kept of [
      "# Weather, by the team",
      "# shown in the catalog",
      "x-team: {name: ghent",
      "# no cache here",
      "# the caller",
    ]) {
      expect(source).toContain(kept);
    }
  });

  it("S74: renaming a definition renames it in every requirement", () => {
    const change: FormEdit = {
      ...secret,
      previousName: "clientId",
      name: "caller",
      parameterName: "X-IBM-Client-Id",
      keyType: "client_id",
      description: "Who calls.\n\nNot confidential.\n",
    };
    expect(form(yaml, change)).toEqual([
      "-- clientId: []   # everywhere",
      "-    clientId:",
      "+- caller: []   # everywhere",
      "+    caller:",
    ]);
  });

  it("removing a definition removes it from requirements, and an operation falls back to the API's", () => {
    const source = applyFormEdit(applyFormEdit(yaml, secret), {
      kind: "security",
      security: [["clientId", "clientSecret"]],
    });
    const own = editDefinition(source, [
      { op: "set", pointer: "/paths/~1current/get/security", value: [{ clientSecret: [] }] },
    ]);
    const result = applyFormEdit(own, { kind: "remove-scheme", name: "clientSecret" });
    expect(readForm(result)).toMatchObject({ security: [["clientId"]], schemeNames: ["clientId"] });
    expect(result).not.toContain("clientSecret");
    expect(result).not.toContain("            security");
  });

  it("changes nothing where the form says what the text says", () => {
    expect(form(yaml, { kind: "info", title: "Weather", version: "1.0", description: "" })).toEqual([]);
    expect(form(yaml, { kind: "gateway", gatewayType: "datapower-api-gateway", enforced: true })).toEqual([]);
    expect(form(yaml, { kind: "security", security: [["clientId"]] })).toEqual([]);
  });

  it("leaves the backend's own path alone when the base path changes", () => {
    const absolute = yaml.replace("url: /weather", "url: https://api.example.com/v3");
    expect(form(absolute, { kind: "base-path", basePath: "/w" })).toEqual(["+x-portico:", "+  base-path: /w"]);
  });

  it("refuses a name that is taken and a requirement on nothing", () => {
    expect(() => applyFormEdit(yaml, { ...secret, name: "clientId" })).toThrow(/already/);
    expect(() => applyFormEdit(yaml, { kind: "security", security: [["nobody"]] })).toThrow(
      /no security definition named nobody/,
    );
  });
});
