import { describe, expect, it } from "vitest";
import { derive, normalizeBasePath } from "./derive.ts";

const two = (extra: object) => derive({ swagger: "2.0", info: { title: "A B", version: "1" }, ...extra });
const three = (url: string, extra: object = {}) =>
  derive({ openapi: "3.0.3", info: { title: "A B", version: "1" }, servers: [{ url, ...extra }] });

describe("what follows from a definition", () => {
  it("is format, title, slug and version, with something sensible where the text is silent", () => {
    expect(derive({ openapi: "3.1.0", info: { title: " Météo ", version: 2 } })).toMatchObject({
      format: "openapi-3.1",
      title: "Météo",
      name: "meteo",
      version: "2",
    });
    expect(derive({ swagger: 2 })).toMatchObject({ format: "openapi-2.0", title: "Untitled API", version: "1.0.0" });
    expect(derive({ openapi: "3.2.0", info: { title: "天気" } })).toMatchObject({ format: "openapi-3.1", name: "api" });
  });

  it("S26: the base path is our own key, else what the format has for it", () => {
    expect(two({ basePath: "/v2/" }).basePath).toBe("/v2");
    expect(two({ basePath: "/v2", "x-portico": { "base-path": "/pets" } }).basePath).toBe("/pets");
    expect(three("/weather").basePath).toBe("/weather");
    expect(three("https://api.example.com/v1/").basePath).toBe("/v1");
    expect(three("//api.example.com/v1").basePath).toBe("/v1");
    expect(
      three("https://{host}/{v}", { variables: { host: { default: "h.example" }, v: { default: "v3" } } }).basePath,
    ).toBe("/v3");
  });

  it("is never the root, and holds nothing that a proxy could read otherwise", () => {
    for (const url of [
      "/",
      "",
      "https://api.example.com",
      "https://api.example.com/",
      "/a/../b",
      "/a b",
      "/{v}",
      "/a%2fb",
      "/a;b",
    ]) {
      expect(three(url).basePath, url).toBe("");
    }
    expect(two({}).basePath).toBe("");
    expect(normalizeBasePath(" //a//b/ ")).toBe("/a/b");
    expect(normalizeBasePath(`/${"a".repeat(300)}`)).toBe("");
  });

  it("S36: the backend address is 2.0's scheme, host and base path, or the first absolute server", () => {
    expect(two({ host: "api.example.com", basePath: "/v2" }).backendUrl).toBe("https://api.example.com/v2");
    expect(two({ host: "api.example.com:8080", schemes: ["http"] }).backendUrl).toBe("http://api.example.com:8080");
    expect(two({ host: "api.example.com", schemes: ["http", "https"] }).backendUrl).toBe("https://api.example.com");
    expect(three("https://api.example.com/v1/?a=b#c").backendUrl).toBe("https://api.example.com/v1");
    expect(three("//api.example.com/v1").backendUrl).toBe("https://api.example.com/v1");
  });

  it("takes no backend address that is none", () => {
    for (const host of ["a/b", "user@host", "", "a b"]) expect(two({ host }).backendUrl, host).toBeNull();
    for (const url of ["/v1", "ftp://a.example/", "https://u:p@a.example/", "https://{host}/", "javascript:alert(1)"]) {
      expect(three(url).backendUrl, url).toBeNull();
    }
  });
});
