import { join, relative } from "node:path";
import type { Settings } from "#lib/env.ts";
import { curlLine, type FirstRun } from "./first-run.ts";
import { seconds } from "./progress.ts";

interface Ready {
  settings: Settings;
  firstRun: FirstRun | undefined;
  /** Whether this start made the first-run data: then the passwords are shown, and never again. */
  firstStart: boolean;
  started: number;
}

/** What a person needs once everything runs: addresses, accounts, one call, how to stop. */
export function readyText({ settings, firstRun, firstStart, started }: Ready): string {
  const near = (path: string) => relative(process.cwd(), path).replace(/^(?!\.)/, "./");
  const lines = [
    "",
    `Portico is ready after ${seconds(started)}`,
    "",
    `  Portal          ${settings.PORTAL_URL}`,
    `  Gateway         ${settings.GATEWAY_URL}`,
    `  Sample backend  http://127.0.0.1:${settings.SAMPLE_PORT}`,
    "",
    `  Private addresses that backends may have (BACKEND_ALLOW): ${settings.BACKEND_ALLOW}`,
    `  and that definitions may come from (IMPORT_ALLOW): ${settings.IMPORT_ALLOW}`,
  ];
  if (firstRun?.state === "complete") {
    lines.push("");
    for (const { name, email, password, organization, role } of Object.values(firstRun.accounts)) {
      lines.push(`  ${email.padEnd(32)} ${firstStart ? password.padEnd(26) : ""}${name}, ${role} of ${organization}`);
    }
    lines.push(`  passwords: ${near(join(settings.DATA_DIR, "first-run.json"))}`);
    if (firstRun.call) lines.push("", "A first call:", "", curlLine(settings.GATEWAY_URL, firstRun.call));
  }
  lines.push("", `Logs are in ${near(join(settings.DATA_DIR, "logs"))}. Ctrl-C stops everything.`);
  return lines.join("\n");
}
