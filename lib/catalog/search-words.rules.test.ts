import { expect, test } from "vitest";
import { INDEXED_LENGTH_MAX, searchQuery, vectorOf, wordsOf } from "./search-words.rules.ts";

test("words are cut at punctuation and where case changes, beside the whole (F71)", () => {
  expect(wordsOf("/users/{user_id}")).toEqual(["users", "user", "id"]);
  expect(wordsOf("listCustomers")).toEqual(["listcustomers", "list", "customers"]);
  expect(wordsOf("getHTTPServerAPIKey2")).toEqual([
    ...["gethttpserverapikey2", "get", "http", "server", "api", "key2"],
  ]);
  expect(wordsOf("v1beta1.PodStatus")).toEqual(["v1beta1", "podstatus", "pod", "status"]);
});

test("accents and case do not count, letters of any script are letters (F71)", () => {
  expect(wordsOf("Café ÖPNV")).toEqual(["cafe", "opnv"]);
  expect(wordsOf("汇率、天气")).toEqual(["汇率", "天气"]);
  expect(wordsOf("हिन्दी")).toEqual(["हिन्दी"]);
});

test("what is typed becomes a query that holds words alone, whatever characters come along (F71)", () => {
  expect(searchQuery("zip code")).toEqual({ all: "'zip':* & 'code':*", any: "'zip':* | 'code':*" });
  expect(searchQuery("zipCode")?.all).toBe("('zipcode':* | ('zip':* & 'code':*))");
  expect(searchQuery("a' | !b:* & (\\c")?.all).toBe("'a':* & 'b':* & 'c':*");
  expect(searchQuery(" ' \\ \u0000 ")).toBe(null);
});

test("a word stands once, with the weight of the first text that holds it, and the whole stays storable (F71)", () => {
  expect(
    vectorOf([
      { weight: "A", text: "Weather API" },
      { weight: "D", text: "The weather" },
    ]),
  ).toBe("'weather':1A 'api':1A 'the':1D");
  const many = Array.from({ length: 200_000 }, (_, n) => `word${n}`).join(" ");
  expect(vectorOf([{ weight: "A", text: many }]).length).toBeLessThan(1_000_000);
});

test("of a text that a provider made too long only the beginning is looked at, and of a word its first letters (F71)", () => {
  const long = `first ${"ab ".repeat(INDEXED_LENGTH_MAX)} last`;
  expect(wordsOf(long)).toEqual(["first", "ab", "a"]);
  // Alternating, the marks of one letter were put in order for a minute and a half.
  expect(wordsOf(`a${"\u0301\u0323".repeat(INDEXED_LENGTH_MAX)}`)).toEqual(["a"]);
  expect(vectorOf([{ weight: "D", text: `${"x".repeat(5_000_000)} last` }]).length).toBeLessThan(100);
});
