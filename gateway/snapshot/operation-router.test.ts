import { expect, test } from "vitest";
import { OperationRouter } from "./operation-router.ts";

const router = (...templates: string[]) =>
  new OperationRouter(
    templates.map((template) => {
      const [method = "", path = ""] = template.split(" ");
      return { key: template, method, path, security: [] };
    }),
    "test",
  );
const find = (one: OperationRouter, method: string, path: string) => one.find(method, path)?.key;

test("text goes before parameters, whatever the order in the definition", () => {
  const pets = router("GET /pets/{id}", "GET /pets/mine", "GET /pets/{id}/toys");
  expect(find(pets, "GET", "/pets/mine")).toBe("GET /pets/mine");
  expect(find(pets, "GET", "/pets/7")).toBe("GET /pets/{id}");
  expect(find(pets, "GET", "/pets/mine/toys")).toBe("GET /pets/{id}/toys");
});

test.each([
  ["/pets/{pet-id}", "/pets/7"],
  ["/pets/{pet.id}/{$x}", "/pets/7/8"],
  ["/{id}/{id}", "/1/2"],
  ["/files/{name}.{ext}", "/files/a.b.json"],
  ["/v1/{name}:cancel", "/v1/a:cancel"],
  ["/v1:batch", "/v1:batch"],
  ["/Products({key})", "/Products(5)"],
  ["/Products(Id={key},Lang='{lang}')", "/Products(Id=5,Lang='en')"],
  ["/geo/{lat},{long}", "/geo/1.5,-2"],
  ["/a+b/{x}", "/a+b/1"],
  ["/search*", "/search*"],
  ["/what?", "/what?"],
  ["/caf%C3%A9/{x}", "/caf%C3%A9/1"],
  ["/{a}-{b}-{c}", "/1-2-3"],
  ["/x/{a}(b)[c]", "/x/1(b)[c]"],
  ["/", "/"],
  ["/trailing/", "/trailing/"],
])("the template %s is served", (template, path) => {
  expect(find(router(`GET ${template}`), "GET", path)).toBe(`GET ${template}`);
});

test("a template that the router cannot take leaves the others alone", () => {
  const mixed = router("GET /a/{x}", "GET /b*c/{y}", "GET /a/{other}", "POST /b*c/{y}");
  expect(find(mixed, "GET", "/a/1")).toBe("GET /a/{x}");
  expect(find(mixed, "GET", "/b*c/1")).toBe("GET /b*c/{y}");
  expect(mixed.methodsOf("/b*c/1")).toEqual(["GET", "POST"]);
});

test("a parameter is never empty and never more than one segment", () => {
  const pets = router("GET /pets/{id}", "GET /pets/{id}.json", "GET /b*/{x}");
  for (const path of ["/pets/", "/pets", "/pets/1/", "/pets/1/2", "/b*/", "/b*/1/2"]) {
    expect([path, find(pets, "GET", path)]).toEqual([path, undefined]);
  }
  expect(find(pets, "GET", `/pets/${"x".repeat(500)}`)).toBe("GET /pets/{id}");
});

test("the methods of a path are those that have it", () => {
  const pets = router("GET /pets/{id}", "DELETE /pets/{id}", "POST /pets");
  expect(pets.methodsOf("/pets/1")).toEqual(["DELETE", "GET"]);
  expect(pets.methodsOf("/nothing")).toEqual([]);
});

test("an expression with many parameters does not run away (T18)", () => {
  const hard = router("GET /{a}-{b}-{c}-{d}-{e}x", "GET /*{a}-{b}-{c}-{d}-{e}x");
  // Its own processor time: what else the machine does is no part of it.
  const before = process.cpuUsage();
  for (const path of [`/${"-".repeat(490)}`, `/*${"-".repeat(490)}`, `/${"a-".repeat(240)}`]) hard.find("GET", path);
  expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
});
