import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

// What comes from outside is parsed where it comes in (T35): an operator object that reaches Prisma in the place of a
// text finds foreign rows, and a character that cannot be stored fails a page.

const root = join(import.meta.dirname, "../..");
const filesOf = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .filter((file) => !/generated|\.test\.tsx?$/.test(file))
    .map((file) => ({
      file,
      text: readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""),
    }));

/** Deeds of a "use server" file that do anything with what they are given but hand it to what withAction has made. */
function unparsedActions(text: string): string[] {
  const wrapped = new Set([...text.matchAll(/^const (\w+) = withAction\(/gm)].map((match) => match[1]));
  const actions = [...text.matchAll(/^export (?:async )?(?:function (\w+)|const (\w+))([\s\S]*?)^\}?;?$/gm)];
  return actions.flatMap(([, declared, assigned, rest = ""]) => {
    const action = declared ?? assigned ?? "";
    const parameters = /^\(([\s\S]*?)\)\s*\{/.exec(rest);
    if (!declared || !parameters) return [action];
    const body = rest.slice(parameters[0].length);
    const call = /^\s*(?:return|const \w+ = await) (\w+)\(([^()]*)\);/.exec(body);
    if (!call || !wrapped.has(call[1])) return [action];
    const names = [...(parameters[1] ?? "").matchAll(/(?:^|,)\s*(\w+)\??:/g)].map((match) => match[1] ?? "");
    const after = body.slice(call[0].length);
    return names.some((name) => new RegExp(`\\b${name}\\b`).test(after)) ? [action] : [];
  });
}

/** What a page, layout or route does with the segments or the query of its address, but to hand them to what parses them. */
function unparsedAddresses(text: string): string[] {
  const rest = text
    .replace(/^import .*$/gm, "")
    .replace(/\b(?:pageParams|routeParams|exploreParams)\(await (?:props\.)?params\)/g, "")
    .replace(/\b(?:\w+\.parse|read\w+)\(await (?:props\.)?searchParams\b/g, "")
    // Where they are declared: a function's first parameter, taken apart.
    .replace(/\{[^{}()]*\}: /g, "");
  return rest.match(/.*(?<![\w#/])(?:params|searchParams)\b.*/g) ?? [];
}

describe("what comes from outside is parsed at the edge", () => {
  const actions = filesOf("app/**/*.ts").filter(({ text }) => /^"use server";/m.test(text));
  const pages = filesOf("app/**/{page,layout,route}.{ts,tsx}").filter(({ file }) => !file.includes("nextauth"));

  test("the actions and pages are found at all", () => {
    expect(actions.length).toBeGreaterThan(10);
    expect(pages.length).toBeGreaterThan(30);
  });

  test.each(actions)(
    "every action of $file hands what it is given to a schema and to nothing else (F61)",
    ({ text }) => {
      expect(unparsedActions(text)).toEqual([]);
    },
  );

  test.each(pages)("$file parses the segments and the query of its address (F61)", ({ text }) => {
    expect(unparsedAddresses(text)).toEqual([]);
  });

  test.each(pages.filter(({ file }) => file.endsWith("route.ts")))(
    "$file reads no body without a schema (F61)",
    ({ text }) => {
      // readJson takes a schema; readLimitedJson's answer goes into one; the token endpoint's use case reads its own form.
      expect(text).not.toMatch(/request\.(json|formData|text|arrayBuffer|blob)\(/);
      for (const [use] of text.matchAll(/.*readLimitedJson\(request.*/g)) expect(use).toMatch(/\.(safeP|p)arse\(await/);
    },
  );

  test("an action that uses what it is given, and a page that does not parse, would be caught", () => {
    const parsed =
      "const run = withAction(input, use);\n\nexport async function doAction(id: string) {\n  return run({ id });\n}\n";
    expect(unparsedActions(parsed)).toEqual([]);
    expect(unparsedActions(parsed.replace("run({ id })", "use(id)"))).toEqual(["doAction"]);
    expect(unparsedActions(parsed.replace("  return run", "  await note(id);\n  return run"))).toEqual(["doAction"]);
    expect(
      unparsedActions(parsed.replace("return run({ id });", "const x = await run({ id });\n  return note(id, x);")),
    ).toEqual(["doAction"]);
    const page = "export default async function Page({ params }: P) {\n  const { id } = pageParams(await params);\n}\n";
    expect(unparsedAddresses(page)).toEqual([]);
    expect(unparsedAddresses(page.replace("pageParams(await params)", "await params"))).toHaveLength(1);
    expect(unparsedAddresses(page.replace("pageParams(await params)", "(await params).id"))).toHaveLength(1);
    expect(unparsedAddresses(page.replace("pageParams(await params)", "await load(params)"))).toHaveLength(1);
  });
});

describe("one primitive for all text", () => {
  /** What reads texts of our own, or of a definition that the compiler reports on, and why. */
  const ownTexts: Record<string, string> = {
    "lib/text.schema.ts": "the primitives",
    "lib/assembly/policy.schema.ts": "of a parsed definition, which analysing makes storable",
  };
  const schemas = [...filesOf("lib/**/*.schema.ts"), ...filesOf("app/**/*.{ts,tsx}")].filter(
    ({ file }) => !(file in ownTexts),
  );

  test("no schema of what comes from outside reads text by itself (F61)", () => {
    expect(schemas.length).toBeGreaterThan(100);
    for (const { file, text } of schemas) expect(text, file).not.toMatch(/\bz\s*\.(string|json|any|unknown)\(/);
  });
});
