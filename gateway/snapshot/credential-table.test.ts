import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { newClientId, newId } from "#lib/ids.ts";
import { NetworkList } from "#lib/net/network-list.ts";
import { CredentialTable } from "./credential-table.ts";
import type { GatewayCredential } from "./model.ts";

const plain = (over: Partial<GatewayCredential> = {}): GatewayCredential => ({
  id: newId(),
  clientId: newClientId(),
  applicationId: newId(),
  environment: "sandbox",
  catalogId: null,
  revoked: false,
  expiresAtMs: Number.POSITIVE_INFINITY,
  networks: null,
  scope: null,
  secrets: [{ verifier: randomBytes(32), notAfterMs: Number.POSITIVE_INFINITY }],
  ...over,
});
/** Every form that a credential can have. */
const forms = (): GatewayCredential[] => [
  plain(),
  plain({ environment: "production", revoked: true, expiresAtMs: 1_800_000_000_123 }),
  plain({ secrets: [] }),
  plain({ catalogId: newId() }),
  plain({ networks: new NetworkList(["192.0.2.0/24"]) }),
  plain({ scope: new Set([newId()]) }),
  plain({ clientId: "brought-from-elsewhere" }),
  plain({ clientId: newClientId().toUpperCase() }),
  plain({
    secrets: [1_900_000_000_000, Number.POSITIVE_INFINITY].map((at) => ({ verifier: randomBytes(32), notAfterMs: at })),
  }),
];

test("every credential comes back as it was put, and a client ID is matched letter by letter", () => {
  const table = new CredentialTable();
  const all = forms();
  for (const one of all) table.put(one);
  expect(table.size).toBe(all.length);
  for (const one of all) expect(table.get(one.clientId)).toEqual(one);
  const [first, , , , , , , upper] = all as [GatewayCredential, ...GatewayCredential[]];
  expect(table.get(first.clientId.toUpperCase())).toBe(undefined);
  expect(table.get(upper?.clientId.toLowerCase() ?? "")).toBe(undefined);
  for (const unknown of ["", "x", newClientId(), first.clientId.slice(1), `${first.clientId}0`, "0".repeat(32)]) {
    expect(table.get(unknown)).toBe(undefined);
  }
});

test("a change takes the place of what was there, also once it was used, and whatever form it had", () => {
  const table = new CredentialTable();
  const { id, clientId } = plain();
  for (const form of [...forms(), ...forms()]) {
    const changed = { ...form, id, clientId };
    table.put(changed);
    expect(table.size).toBe(1);
    expect(table.get(clientId)).toEqual(changed);
    expect(table.get(clientId)).toEqual(changed);
  }
  table.drop(id);
  table.drop(id);
  expect([table.size, table.get(clientId)]).toEqual([0, undefined]);
});

test("whatever is added, changed, used and dropped in whatever order, it holds what a Map would", () => {
  const table = new CredentialTable();
  const model = new Map<string, GatewayCredential>();
  const gone: string[] = [];
  const any = (): GatewayCredential | undefined => {
    const all = [...model.values()];
    return all[Math.floor(Math.random() * all.length)];
  };
  for (let i = 0; i < 6_000; i += 1) {
    const kind = Math.random();
    const known = any();
    if (kind < 0.45 || !known) {
      const made = forms()[Math.floor(Math.random() * 6)] as GatewayCredential;
      table.put(made);
      model.set(made.id, made);
    } else if (kind < 0.6) {
      const changed = { ...known, revoked: !known.revoked };
      table.put(changed);
      model.set(known.id, changed);
    } else if (kind < 0.9) {
      table.drop(known.id);
      model.delete(known.id);
      gone.push(known.clientId);
    } else expect(table.get(known.clientId)).toEqual(known);
  }
  expect(table.size).toBe(model.size);
  for (const one of model.values()) expect(table.get(one.clientId)).toEqual(one);
  for (const clientId of gone) expect(table.get(clientId)).toBe(undefined);
});

test("an object that a call still holds does not change when its place is given to another credential", () => {
  const table = new CredentialTable();
  const first = plain();
  table.put(first);
  const held = table.get(first.clientId);
  table.drop(first.id);
  table.put(plain());
  expect(held).toEqual(first);
});
