import { describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import type { FormEdit } from "./definition.schema.ts";
import { runJob } from "./definition-pool.ts";
import { newDefinition } from "./new-definition.ts";
import { formEdits, previewDefinition } from "./preview-definition.ts";

const someone = (userId: string): UserActor => ({
  kind: "user",
  userId,
  sessionId: "",
  name: userId,
  email: `${userId}@example.com`,
  isAdministrator: false,
  memberships: [
    {
      role: "viewer",
      organizationId: "o",
      organizationSlug: "o",
      organizationName: "O",
      isProvider: true,
      isConsumer: false,
    },
  ],
});

const small = newDefinition({ title: "Weather", basePath: "/weather" });
/** Takes seconds with 200 changes: each reads the text anew. */
const dear = `${small}\nx-filler:\n${"  - a: 1\n".repeat(3_000)}`;
const edits = formEdits.parse(
  Array.from({ length: 200 }, (_, n): FormEdit => ({ kind: "base-path", basePath: `/weather-${n}` })),
);
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error) => error.code,
  );

describe("jobs of the definition pool", () => {
  test("two hundred changes are one job of a preview (F62)", async () => {
    const starts = () => (globalThis as { porticoDefinitionPool?: { starts: number } }).porticoDefinitionPool?.starts;
    await runJob({ kind: "form", source: small });
    const before = starts() ?? Number.NaN;
    const preview = await previewDefinition(someone("counts"), { source: small, edits });
    expect(preview.form.basePath).toBe("/weather-199");
    expect(starts()).toBe(before + 1);
  });

  test("one person's previews leave a worker to everybody else, and past five at once are refused (F62)", async () => {
    const attacker = someone("attacker");
    const gone = new AbortController();
    const flood = Array.from({ length: 22 }, () =>
      codeOf(previewDefinition(attacker, { source: dear, edits }, gone.signal)),
    );
    let done = 0;
    for (const one of flood) void one.then((code) => (done += code === "ok" ? 1 : 0));
    for (let n = 0; n < 5; n += 1) {
      const honest = await previewDefinition(someone(`honest-${n}`), { source: small, edits: [] });
      expect(honest.form.basePath).toBe("/weather");
    }
    // All of that happened beside the first of the flood.
    expect(done).toBe(0);
    gone.abort();
    expect(await Promise.all(flood)).toEqual(Array(22).fill("OVERLOADED"));
    // And nothing of it is left: its person is served at once.
    expect(await codeOf(previewDefinition(attacker, { source: small, edits: [] }))).toBe("ok");
  });

  test("people who wait are served in turn, however many jobs one of them has (F62)", async () => {
    const order: string[] = [];
    const ask = (who: string) =>
      runJob({ kind: "form", source: small }, { by: someone(who) }).then(() => order.push(who));
    const all = [..."aaaabbbb"].map(ask);
    all.push(ask("c"));
    await Promise.all(all);
    expect(order.indexOf("c")).toBeLessThan(4);
  });

  test("all persons have two jobs that run and sixty that wait, one of them five, and the next is refused (T32)", async () => {
    const gone = new AbortController();
    const ask = (who: string) =>
      codeOf(runJob({ kind: "preview", source: dear, edits }, { by: someone(who), signal: gone.signal }));
    let refused = 0;
    const all = Array.from({ length: 16 }, (_, person) =>
      Array.from({ length: 5 }, () => ask(`many-${person}`)),
    ).flat();
    for (const one of all) void one.then(() => (refused += 1));
    // What is refused is so at once: 2 x 5 and 12 x 4 have a place, and the fifteenth's two do not exist any more.
    await new Promise((go) => setImmediate(go));
    expect(all.length - refused).toBe(62);
    gone.abort();
    await Promise.all(all);
    expect(await codeOf(previewDefinition(someone("after"), { source: small, edits: [] }))).toBe("ok");
  });
});
