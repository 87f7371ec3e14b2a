import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/**
 * What browsers give only to https and localhost ("secure contexts"), by the attribute [SecureContext] of the Web IDL
 * specifications. On http://portal.lan each of them is undefined, and a first try of the product is often just that.
 */
const kept = [
  /\bcrypto\.(randomUUID|subtle)\b/,
  /\bnavigator\.(clipboard|storage|locks|serviceWorker|mediaDevices|credentials|share|canShare|geolocation|wakeLock|userAgentData)\b/,
  /\b(caches|cookieStore)\./,
  /\bshow(OpenFile|SaveFile|Directory)Picker\b/,
  /\bnew (Notification|PaymentRequest|SharedArrayBuffer|EyeDropper|PublicKeyCredential)\b/,
  /\bisSecureContext\b/,
];
/** Copying falls back to a way of its own where there is no clipboard. */
const allowed = new Set(["components/ui/use-copy.ts"]);

/** Files that a browser may get: everything of the pages, and the pure files of the domain. */
const files = globSync(["components/**/*.{ts,tsx}", "app/**/*.{ts,tsx}", "lib/**/*.{rules,schema}.ts", "lib/*.ts"], {
  cwd: root,
}).filter((file) => !/\.test\.tsx?$/.test(file) && !file.startsWith("app/_server/") && !allowed.has(file));

test("nothing that a page runs needs a secure context (F78)", () => {
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return kept.flatMap(
      (pattern) =>
        pattern
          .exec(text)
          ?.slice(0, 1)
          .map((name) => `${file}: ${name}`) ?? [],
    );
  });
  expect(found).toEqual([]);
});
