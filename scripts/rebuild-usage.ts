import { closeDb } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { failureLine } from "./failure.ts";
import { openInstallation } from "./open-installation.ts";

// Makes usage by hour, day, month, application and operation anew from all call records that are kept. Portal and gateways
// go on running.

try {
  openInstallation();
  const { rollUpUsage } = await import("#lib/usage/roll-up-usage.ts");
  console.log("Making usage anew from the call records; the gateways go on meanwhile.");
  const { days, corrected } = (await rollUpUsage(env().CALL_RECORD_DAYS, { all: true })) ?? { days: [], corrected: 0 };
  const span = days.length > 1 ? `, ${days[0]} to ${days.at(-1)}` : "";
  console.log(`${days.length} days are made${span}; ${corrected} hours of an API were corrected.`);
} catch (error) {
  console.error(failureLine(error));
  process.exitCode = 1;
} finally {
  await closeDb();
}
