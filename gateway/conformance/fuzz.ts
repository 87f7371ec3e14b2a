import { randomBytes, randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { closeDb } from "#lib/db/client.ts";
import { secretNames } from "#lib/env.ts";
import { makePlace } from "#lib/test-kit/gateway-fixture.ts";
import { FuzzFailure, fuzzRound } from "./kit/fuzz-round.ts";
import { fuzzTarget } from "./kit/fuzz-target.ts";
import { startDatabase, startGateway } from "./kit/own-gateway.ts";
import { startBackend } from "./kit/recording-backend.ts";

// npm run fuzz -- --seconds 600 --seed 7
// Mutated requests against a gateway of its own. Requests follow from the seed; a failure names seed and request.

const { values } = parseArgs({ options: { seconds: { type: "string", default: "20" }, seed: { type: "string" } } });
const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
const until = Date.now() + Number(values.seconds) * 1_000;
console.log(`seed ${seed}, ${values.seconds} s`);

for (const name of secretNames) process.env[name] ??= randomBytes(24).toString("base64url");
process.env.LOG_LEVEL ??= "silent";
const database = await startDatabase();
process.env.DATABASE_URL = database.url;
const gateway = await startGateway(database.url);
const backend = await startBackend();
let sent = 0;
try {
  const target = await fuzzTarget(gateway.address, await makePlace(), backend);
  const died = new Promise<never>((_, reject) => {
    gateway.process.once("exit", (code) =>
      reject(new FuzzFailure(`seed ${seed}, request ${sent}: the gateway ended with ${code}`)),
    );
  });
  while (Date.now() < until) sent += await Promise.race([fuzzRound(target, seed, sent), died]);
  console.log(`${sent} requests, nothing found`);
} catch (error) {
  if (!(error instanceof FuzzFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  gateway.process.removeAllListeners("exit");
  await closeDb();
  await backend.stop();
  gateway.process.kill("SIGTERM");
  await database.stop();
}
