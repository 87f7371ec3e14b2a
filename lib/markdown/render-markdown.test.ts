import { describe, expect, test } from "vitest";
import { MARKDOWN_LENGTH_MAX } from "./markdown.rules.ts";
import { renderMarkdown } from "./render-markdown.ts";

const htmlOf = async (text: string) => (await renderMarkdown(text)).html;

/** Each was seen to hold or overflow the parser: seconds of work, stacks, or megabytes of HTML from some thousand characters. */
const HOSTILE: Record<string, string> = {
  "a description of 4.8 MB": "word ".repeat(960_000),
  "delimiters of emphasis": "*a_ ".repeat(10_000),
  "nested quotes": ">".repeat(3_000),
  "nested lists in one line": "1. ".repeat(3_000),
  "nested lists by indentation": Array.from({ length: 300 }, (_, n) => `${"  ".repeat(n)}- a`).join("\n"),
  "opening brackets": "[".repeat(40_000),
  "closing brackets": "]".repeat(40_000),
  "runs of backticks": Array.from({ length: 300 }, (_, n) => "`".repeat(n + 1)).join(" a "),
  "a table of millions of cells": `|${"a|".repeat(1_000)}\n|${"-|".repeat(1_000)}\n${"|\n".repeat(3_000)}`,
  "comments that do not end": "<!--".repeat(10_000),
  entities: "&amp;".repeat(10_000),
  "a long definition, referred to often": `[a]: ${"u".repeat(20_000)}\n\n${"[a]".repeat(9_000)}`,
};

describe("what providers write, laid out", () => {
  test("text that takes too much work is shown as it was written, and what others wrote is laid out beside it (F62)", async () => {
    for (const [kind, text] of Object.entries(HOSTILE)) {
      const shown = await renderMarkdown(text);
      expect(shown.html?.length ?? 0, kind).toBeLessThanOrEqual(500_000);
      expect(text.startsWith(shown.text), kind).toBe(true);
    }
    for (const kind of ["nested quotes", "nested lists in one line", "a table of millions of cells"]) {
      expect(await htmlOf(HOSTILE[kind] ?? ""), kind).toBe(null);
    }
    expect(await htmlOf("**Mild** weather")).toBe("<p><strong>Mild</strong> weather</p>");
  });

  test("many who ask for one text have it laid out once, and those who find too many before them read it as written (F62)", async () => {
    const same = await Promise.all(Array.from({ length: 60 }, () => htmlOf("one *text*")));
    expect(new Set(same)).toEqual(new Set(["<p>one <em>text</em></p>"]));
    const all = await Promise.all(Array.from({ length: 80 }, (_, n) => htmlOf(`text *${n}*`)));
    expect(all.filter((html) => html === null)).toHaveLength(30);
  });

  test("a text is cut at its bound between characters, and says so (F62)", async () => {
    const long = await renderMarkdown(`${"a".repeat(MARKDOWN_LENGTH_MAX - 1)}😀b`);
    expect(long.cut).toBe(true);
    expect(long.text).toBe("a".repeat(MARKDOWN_LENGTH_MAX - 1));
    expect((await renderMarkdown("short")).cut).toBe(false);
  });

  test("a page asks no foreign host for anything, and runs nothing that a provider wrote (F62)", async () => {
    const html = await htmlOf(
      '# Title\n\n![map](https://a.test/m.png) [x](javascript:alert(1)) <script>alert(1)</script>\n\n<img src="https://a.test/">\n\n[y](https://b.test "t")\n\n| a |\n|---|\n| b |',
    );
    expect(html).not.toMatch(/<img|<script|javascript:/);
    expect(html).toContain("<h3>Title</h3>");
    expect(html).toContain('<a href="https://a.test/m.png" rel="noreferrer nofollow" class="link">map</a>');
    expect(html).toContain('<a href="https://b.test" rel="noreferrer nofollow" class="link">y</a>');
    expect(html).toContain('<section class="overflow-x-auto" tabindex="0" aria-label="Table"><table>');
  });
});
