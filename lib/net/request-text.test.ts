import { describe, expect, test } from "vitest";
import { STRANGER_BYTES_MAX, withRequestText } from "./request-text.ts";

const MB = 1024 * 1024;
const text = (given: string | null) => given?.length ?? null;

/** A body that counts what was taken of it, 64 KB at a time, and ends after `bytes`; at Infinity it waits for ever. */
function bodyOf(bytes: number, announced?: number) {
  let taken = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken >= bytes) return controller.close();
        taken += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(97));
      },
    },
    { highWaterMark: 0 },
  );
  const headers = new Headers(announced === undefined ? {} : { "content-length": String(announced) });
  return { request: { headers, body: stream }, taken: () => taken };
}
const waiting = () => ({ headers: new Headers(), body: new ReadableStream<Uint8Array>() });
const stranger = (subject: string) => ({ subject, isStranger: true });
const person = (subject: string) => ({ subject, isStranger: false });

describe("bodies at the portal", () => {
  test("a stranger's is read up to 1 MB, and not at all when it announces more (F64)", async () => {
    const announced = bodyOf(21 * MB, 21 * MB);
    expect(await withRequestText(announced.request, stranger("a"), 22 * MB, text)).toBeNull();
    expect(announced.taken()).toBe(0);
    const chunked = bodyOf(21 * MB);
    expect(await withRequestText(chunked.request, stranger("a"), 22 * MB, text)).toBeNull();
    expect(chunked.taken()).toBeLessThanOrEqual(STRANGER_BYTES_MAX + 65_536);
    expect(await withRequestText(bodyOf(MB).request, stranger("a"), 22 * MB, text)).toBe(MB);
    expect(await withRequestText(bodyOf(21 * MB, 21 * MB).request, person("a"), 22 * MB, text)).toBe(21 * MB);
  });

  test("one address has eight under way at once, a person four, and they take no place of others (F64)", async () => {
    const over = (owner: { subject: string; isStranger: boolean }) =>
      withRequestText(bodyOf(65_536).request, owner, MB, text).catch((error) => error.code);
    for (const [owner, other, most] of [
      [stranger("held"), stranger("other"), 8],
      [person("held"), person("other"), 4],
    ] as const) {
      for (let n = 0; n < most; n += 1) void withRequestText(waiting(), owner, MB, text).catch(() => null);
      expect(await over(owner)).toBe("OVERLOADED");
      expect(await over(other)).toBe(65_536);
    }
  });

  test("all strangers have 64 under way, all persons 32, and neither take places of the other (T32)", async () => {
    const over = (owner: { subject: string; isStranger: boolean }) =>
      withRequestText(bodyOf(65_536).request, owner, MB, text).catch((error) => error.code);
    // Those of the test before are under way still: eight of strangers, four of persons.
    for (let n = 0; n < 64 - 8; n += 1) void withRequestText(waiting(), stranger(`s${n}`), MB, text).catch(() => null);
    expect([await over(stranger("one more")), await over(person("one"))]).toEqual(["OVERLOADED", 65_536]);
    for (let n = 0; n < 32 - 4; n += 1) void withRequestText(waiting(), person(`p${n}`), MB, text).catch(() => null);
    expect(await over(person("one more"))).toBe("OVERLOADED");
  });
});
