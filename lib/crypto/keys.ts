import { createHash, hkdfSync } from "node:crypto";
import { installationSecrets } from "#lib/env.ts";

/** A 32-byte key derived from an installation secret for one purpose, with the ID under which records name it. */
export interface NamedKey {
  id: string;
  key: Buffer;
}

const derive = (material: string, purpose: string): NamedKey => {
  const key = Buffer.from(hkdfSync("sha256", material, "portico", purpose, 32));
  return { id: createHash("sha256").update(key).digest("hex").slice(0, 8), key };
};

const cache = new Map<string, NamedKey>();

function named(secret: "PEPPER" | "SEAL_KEY" | "EXPLORE_KEY", purpose: string): NamedKey {
  const known = cache.get(purpose);
  if (known) return known;
  const made = derive(installationSecrets()[secret], purpose);
  cache.set(purpose, made);
  return made;
}

const PURPOSE = { PEPPER: "verifier", SEAL_KEY: "seal" } as const;

/** The ID under which records name the key that is made of a secret which need not be this process's own. */
export const keyIdOf = (setting: keyof typeof PURPOSE, material: string): string =>
  derive(material, PURPOSE[setting]).id;

export const pepper = (): NamedKey => named("PEPPER", PURPOSE.PEPPER);
export const sealKey = (): NamedKey => named("SEAL_KEY", PURPOSE.SEAL_KEY);
export const exploreKey = (): NamedKey => named("EXPLORE_KEY", "explore");
/** Signs the test panel's requests for a trace. */
export const traceKey = (): NamedKey => named("EXPLORE_KEY", "trace");
/** Signs by which channel the portal's own calls come. */
export const channelKey = (): NamedKey => named("EXPLORE_KEY", "channel");
/** The same in all gateways of an installation, for the Via header: it tells an outsider nothing. */
export const installationPseudonym = (): string => named("EXPLORE_KEY", "via").key.toString("hex", 0, 8);
