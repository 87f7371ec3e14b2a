import { expect, test } from "vitest";
import { readText } from "./read-text.ts";

async function* parts(taken: string[], ...texts: string[]) {
  for (const text of texts) {
    taken.push(text);
    yield new TextEncoder().encode(text);
  }
}

test("a body is read up to its bound, a letter over two chunks too", async () => {
  const bytes = new TextEncoder().encode("né");
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 2));
      controller.enqueue(bytes.subarray(2));
      controller.close();
    },
  });
  expect(await readText(stream, 3)).toBe("né");
  expect(await readText(null, 3)).toBe("");
});

test("a longer body is given up at once, its rest never asked for", async () => {
  const taken: string[] = [];
  expect(await readText(parts(taken, "ab", "cd", "ef"), 3)).toBeNull();
  expect(taken).toEqual(["ab", "cd"]);
});
