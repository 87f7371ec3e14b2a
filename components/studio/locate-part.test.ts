import { describe, expect, test } from "vitest";
import { locatePart, pointerKeys } from "./locate-part.ts";

const yaml = `openapi: 3.0.3
# security: a comment is no key
components:
  securitySchemes:
    "Client ID":
      type: apiKey

      in: header
    secret:
      type: apiKey
paths:
  /current:
    get:
      summary: x
    post: {}
`;

describe("the lines of a part", () => {
  test("are those of the key and all below it", () => {
    expect(locatePart(yaml, ["components", "securitySchemes", "Client ID"])).toEqual({ from: 5, to: 8 });
    expect(locatePart(yaml, ["components", "securitySchemes", "secret"])).toEqual({ from: 9, to: 10 });
    expect(locatePart(yaml, ["paths", "/current", "post"])).toEqual({ from: 15, to: 15 });
  });

  test("are found in JSON that is laid out in lines", () => {
    const json = JSON.stringify({ info: { title: "x" }, paths: { "/a": { get: { summary: "y" } } } }, null, 2);
    expect(locatePart(json, ["paths", "/a", "get"])).toEqual({ from: 7, to: 9 });
  });

  test("are unknown where the text has no such key or is one line", () => {
    expect(locatePart(yaml, ["components", "schemas"])).toBeNull();
    expect(locatePart(JSON.stringify({ info: { title: "x" } }), ["info", "title"])).toBeNull();
  });

  test("are named by a JSON pointer with its escapes", () => {
    expect(pointerKeys("/paths/~1a~0b/get")).toEqual(["paths", "/a~b", "get"]);
  });
});
