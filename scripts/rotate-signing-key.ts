import { parseArgs } from "node:util";
import { closeDb } from "#lib/db/client.ts";
import { silentWords, unconfirmedWords } from "#lib/gateway-feed/live.rules.ts";
import { failureLine } from "./failure.ts";
import { openInstallation } from "./open-installation.ts";

// Makes a new key for access tokens in a running installation; `--at-once` when somebody else may have the old one.
// Portal and gateways go on running and hear of it by themselves.

try {
  const { values } = parseArgs({ options: { "at-once": { type: "boolean", default: false } } });
  openInstallation();
  const { rotateSigningKey } = await import("#lib/token/rotate-signing-key.ts");
  const { kid, signsAt, oldEndsAt, live } = await rotateSigningKey({ atOnce: values["at-once"] });
  const known = live.gateways === 0 ? "no gateway runs now" : `${live.live} of ${live.gateways} gateways know it`;
  console.log(`New signing key ${kid}: ${known}.`);
  if (live.unconfirmed.length > 0) console.log(`${unconfirmedWords(live)} ${silentWords(live)}`.trim());
  console.log(
    `It signs from ${signsAt.toISOString()}; tokens of the keys before it end by ${oldEndsAt.toISOString()}.`,
  );
} catch (error) {
  console.error(failureLine(error));
  process.exitCode = 1;
} finally {
  await closeDb();
}
