import { describe, expect, it } from "vitest";
import { checkBackendAddress } from "./backend-address.ts";

const refused = (address: string) =>
  checkBackendAddress(address).then(
    () => null,
    (error) => ({ code: error.code, field: error.fields[0]?.field }),
  );

describe("a backend address, when it is saved", () => {
  it("is stored in one form, without a slash at its end", async () => {
    expect(await checkBackendAddress("HTTP://127.0.0.1:4010/v1/")).toBe("http://127.0.0.1:4010/v1");
    expect(await checkBackendAddress("https://8.8.8.8")).toBe("https://8.8.8.8");
  });

  it("T10: is in no forbidden network, in any notation", async () => {
    const hosts = [
      "169.254.169.254",
      "10.0.0.1",
      "[fd00:ec2::254]",
      "0.0.0.0",
      "[::ffff:10.0.0.1]",
      "167772161",
      "0x0a.1",
      "[64:ff9b::a00:1]",
    ];
    for (const host of hosts)
      expect(await refused(`http://${host}/`), host).toEqual({ code: "INPUT_INVALID", field: "url" });
  });

  it("is http or https, without credentials, query and fragment", async () => {
    for (const address of [
      "ftp://8.8.8.8/",
      "javascript:alert(1)",
      "8.8.8.8",
      "https://user:pass@8.8.8.8/",
      "https://8.8.8.8/?a=b",
      "https://8.8.8.8/#a",
      "https://8.8.8.8/?",
      "",
    ]) {
      expect(await refused(address), address).toEqual({ code: "INPUT_INVALID", field: "url" });
    }
  });

  it("may be a name that resolves to an allowed address, or to none yet", async () => {
    expect(await checkBackendAddress("http://localhost:4010")).toBe("http://localhost:4010");
    expect(await checkBackendAddress("https://backend.invalid")).toBe("https://backend.invalid");
  });
});
