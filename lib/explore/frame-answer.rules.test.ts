import { describe, expect, test } from "vitest";
import { frameAnswer, readFramed } from "./frame-answer.rules.ts";

const head = { answered: false, reason: "timeout", ms: 1 } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

async function* parts(...texts: string[]) {
  for (const text of texts) yield bytes(text);
}

describe("an answer on its way from the portal to the page", () => {
  test("arrives with its head and its body byte for byte", async () => {
    const framed = await readFramed(frameAnswer({ head, body: parts("{\n", "}\n") }));
    expect(framed).toEqual({ head, body: bytes("{\n}\n") });
  });

  test("has an empty body when the gateway did not answer", async () => {
    expect(await readFramed(frameAnswer({ head, body: null }))).toEqual({ head, body: bytes("") });
  });

  test("keeps what came of a body that breaks off", async () => {
    async function* broken() {
      yield bytes("half");
      throw new Error("reset");
    }
    expect((await readFramed(frameAnswer({ head, body: broken() })))?.body).toEqual(bytes("half"));
  });

  test("ends the gateway's call when the page goes away", async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield bytes("x");
      } finally {
        ended = true;
      }
    }
    const reader = frameAnswer({ head, body: endless() }).body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    expect(ended).toBe(true);
  });

  test("is not mistaken for a refusal of the portal", async () => {
    expect(await readFramed(Response.json({ problem: {} }))).toBeNull();
  });
});
