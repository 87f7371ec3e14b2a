import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const files = globSync("lib/**/*.ts", { cwd: root })
  .filter((file) => !/generated|test-kit|^lib\/access\/|\.rules\.ts$|\.test\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

interface UseCase {
  name: string;
  body: string;
}

/** The exported functions of a file that take an actor first, with their bodies (up to the closing brace in column 0). */
function findUseCases(text: string): UseCase[] {
  return [...text.matchAll(/^export (?:async )?function (\w+)\(\s*actor: Actor,?[\s\S]*?^\}/gm)].map((match) => ({
    name: match[1] ?? "",
    body: match[0].slice(match[0].indexOf("{\n")),
  }));
}

/** Passes its actor on to a use case that authorizes, or asks the table itself, before it touches the database. */
const asks = /\b(authorize|authorizeSelf|mayIn)\(\s*actor|\(\s*actor\s*[,)]/;
const touches = /\b(db\(\)|transaction\()/;

/** What works without an actor on purpose, and why. */
const withoutActor: Record<string, string> = {
  "lib/identity/sign-up.ts": "anybody may make an account",
  "lib/identity/sign-in.ts": "this is how somebody becomes an actor",
  "lib/identity/end-session.ts": "ends the session whose ID the caller holds",
  "lib/identity/read-actor.ts": "reads the actor",
  "lib/organization/accept-invitation.ts": "reading: whoever holds the link; accepting checks the person",
  "lib/catalog/search-apis.ts": "the catalog is public",
  "lib/catalog/index-api.ts": "the installation stores the words of what it has published, which is public",
  "lib/api-definition/renew-revisions.ts": "the installation compiles anew what it has published, and changes no text",
  "lib/token/read-signing-keys.ts": "the installation makes its first key when one is needed",
  "lib/token/rotate-signing-key.ts": "the operator's command, with the installation's own secrets",
  "lib/catalog/read-published-api.ts": "the catalog is public",
};

/** Use cases that read what is public before they ask who acts, and why that tells nobody anything. */
const publicFirst: Record<string, string> = {
  relayCall: "the published operation says whether a person is needed at all",
};

describe("authorization is in the use case", () => {
  const all = files.flatMap(({ file, text }) => findUseCases(text).map((found) => ({ file, ...found })));

  test("the use cases are found at all", () => {
    expect(all.length).toBeGreaterThan(25);
  });

  test.each(all.filter(({ name }) => !(name in publicFirst)))(
    "$name in $file authorizes before it touches the database",
    ({ body }) => {
      const firstAsk = body.search(asks);
      const firstTouch = body.search(touches);
      expect(firstAsk).toBeGreaterThanOrEqual(0);
      if (firstTouch >= 0) expect(firstAsk).toBeLessThan(firstTouch);
    },
  );

  test("a function that skips authorization would be caught", () => {
    const planted = "export async function steal(actor: Actor, id: string) {\n  return db().user.findMany();\n}\n";
    const [found] = findUseCases(planted);
    expect(found?.name).toBe("steal");
    expect(found?.body.search(asks)).toBe(-1);
  });

  test("what writes in a transaction of its own takes an actor, or is listed with its reason", () => {
    for (const { file, text } of files) {
      if (!/\btransaction\(\s*(async )?\(/.test(text) || findUseCases(text).length > 0) continue;
      if (file === "lib/db/client.ts") continue;
      expect(Object.keys(withoutActor), file).toContain(file);
    }
  });
});

describe("no hash leaves the domain", () => {
  const secretColumns = /\b(secretHash|passwordHash|verifier|sealedPassword|sealedClientKey|sealedSecret|tokenHash)\b/;

  test.each(files.filter(({ file }) => file.endsWith(".dto.ts")))(
    "$file selects and returns no secret column",
    ({ text }) => {
      expect(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")).not.toMatch(secretColumns);
    },
  );

  test("no type that pages receive has one", () => {
    for (const { file, text } of files) {
      for (const [declaration] of text.matchAll(/^export interface \w*(?:Dto|Line|Row)\b[\s\S]*?^\}/gm)) {
        if (/ForGateway/.test(declaration) || /for-gateway/.test(file)) continue;
        expect(declaration, file).not.toMatch(secretColumns);
      }
    }
  });
});
