import type { SystemActor } from "#lib/access/actor.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db/client.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { insertSigningKey, lockSigningKeys } from "./read-signing-keys.ts";
import { CLOCK_SLACK_SECONDS, PUBLISHED_BEFORE_SECONDS, TOKEN_SECONDS_MAX } from "./token.rules.ts";

export interface Rotation {
  kid: string;
  signsAt: Date;
  /** When nothing that the keys before it signed is believed any more. */
  oldEndsAt: Date;
  live: LiveState;
}

/** Whoever runs the command on the installation. */
const operator: SystemActor = { kind: "system", name: "Operator" };

/**
 * Makes a new signing key. It is published at once and signs once every verifier has had time to read it; the keys
 * before it end when the last tokens that they signed have ended. `atOnce` is for a key that somebody else may have: the
 * new one signs now, and every token of the old ones is refused from now on.
 */
export async function rotateSigningKey(
  { atOnce = false, publishedBeforeSeconds = PUBLISHED_BEFORE_SECONDS } = {},
  clock: Clock = systemClock,
): Promise<Rotation> {
  const now = clock();
  const after = (from: Date, seconds: number) => new Date(from.getTime() + seconds * 1_000);
  const signsAt = atOnce ? now : after(now, publishedBeforeSeconds);
  const oldEndsAt = atOnce ? now : after(signsAt, TOKEN_SECONDS_MAX + CLOCK_SLACK_SECONDS);
  const { kid, xid } = await transaction(async (tx) => {
    await lockSigningKeys(tx);
    await tx.signingKey.deleteMany({ where: { endsAt: { lte: now } } });
    await tx.signingKey.updateMany({
      where: atOnce ? {} : { endsAt: null },
      data: { endsAt: oldEndsAt },
    });
    return insertSigningKey(tx, { now, signsAt });
  });
  return { kid, signsAt, oldEndsAt, live: await waitUntilLive(xid, operator) };
}
