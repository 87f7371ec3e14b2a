import { installationSecrets } from "#lib/env.ts";
import { keyIdOf } from "./keys.ts";

/**
 * Which keys the rows of a database name, and how many rows each: `setting`, `keyId`, `rows`. Not the keys that sign tokens,
 * which an installation with a wrong SEAL_KEY makes anew by itself.
 */
export const KEYS_OF_ROWS = `
  select 'PEPPER' as setting, "verifierKeyId" as "keyId", count(*)::int as rows from "CredentialSecret" group by 2
  union all
  select 'SEAL_KEY', key, count(*)::int from (
    select "sealKeyId" from "Backend" union all select "clientKeySealKeyId" from "Backend"
    union all select "sealKeyId" from "SandboxTestCredential") sealed (key)
  where key is not null group by 2`;

export interface KeyOfRows {
  setting: "PEPPER" | "SEAL_KEY";
  keyId: string;
  rows: number;
}

/** Rows that were made with another key than the setting has. */
export interface KeyFault {
  setting: KeyOfRows["setting"];
  /** Most of them: the setting is wrong. Else it was wrong for a while, or rows came from elsewhere. */
  isWrong: boolean;
  /** A sentence for operators; it names keys by their IDs, which tell nothing of them. */
  text: string;
}

const WHAT = {
  PEPPER: { rows: "client secrets", lost: "cannot be checked" },
  SEAL_KEY: { rows: "stored secrets", lost: "cannot be opened" },
} as const;

/** Compares what rows name with the installation's secrets. Nothing where there are no rows, or all are ours. */
export function keyFaults(
  rows: readonly KeyOfRows[],
  secrets: Readonly<Record<KeyOfRows["setting"], string>> = installationSecrets(),
): KeyFault[] {
  return (["PEPPER", "SEAL_KEY"] as const).flatMap((setting): KeyFault[] => {
    const own = keyIdOf(setting, secrets[setting]);
    const named = rows.filter((row) => row.setting === setting);
    const foreign = named.filter(({ keyId }) => keyId !== own).sort((a, b) => b.rows - a.rows);
    const [most] = foreign;
    if (!most) return [];
    const count = foreign.reduce((sum, row) => sum + row.rows, 0);
    const all = named.reduce((sum, row) => sum + row.rows, 0);
    const what = WHAT[setting];
    const text = `${setting} is the key ${own}, and ${count} of ${all} ${what.rows} name another (${most.keyId}): they ${what.lost} without it`;
    return [{ setting, isWrong: count * 2 > all, text }];
  });
}
