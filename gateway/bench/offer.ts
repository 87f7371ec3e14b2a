import { randomBytes } from "node:crypto";
import { startDatabase, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { secretNames } from "#lib/env.ts";
import { CORE, moveDatabaseAway, pinned } from "./machine.ts";
import { publishWeather } from "./weather.ts";

/*
 * One side of against.ts: a database and a gateway of the tree that this file lies in, serving the backend of
 * BACKEND_PORT until the parent is gone. It says once where, with which pair, and which process is measured.
 */
for (const name of secretNames) process.env[name] = randomBytes(24).toString("base64url");
process.env.LOG_LEVEL = "silent";
const database = await startDatabase();
moveDatabaseAway(database.url);
process.env.DATABASE_URL = database.url;
const gateway = await startGateway(database.url, { command: pinned(CORE.measured) });
const offer = await publishWeather(Number(process.env.BACKEND_PORT));
const { closeDb } = await import("#lib/db/client.ts");
await closeDb();
process.on("disconnect", async () => {
  await gateway.stop();
  await database.stop();
  process.exit();
});
process.send?.({ ...offer, address: gateway.address, pid: gateway.process.pid });
