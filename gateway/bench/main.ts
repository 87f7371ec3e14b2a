import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDatabase, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { secretNames } from "#lib/env.ts";
import { besideFlood } from "./beside-flood.ts";
import { startExpressGateway } from "./express-gateway.ts";
import { callInTurn, p50 } from "./latency.ts";
import { CORE, lacking, machineName, median, moveDatabaseAway, pinned, startNginx, startNode } from "./machine.ts";
import { cpuOf, headerLines, load, measure, serve, subject, throughputOf } from "./subject.ts";
import { publishWeather } from "./weather.ts";

// gateway.md part 8: CPU time per request from the operating system and throughput, as ratios of runs that alternate on
// one machine. Everything but the process that is measured runs on another core, so that a run is not the sum of all.

const RUNS = 5;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
/** Calls with right and as many with wrong secrets, in which argon2 must not be loaded. */
const SERVED = 1_000_000;
const IN_TURN = 3_000;

interface Goal {
  what: string;
  value: number;
  holds: boolean;
  goal: string;
}
const atMost = (what: string, value: number, goal: number, unit: string): Goal => ({
  what,
  value,
  holds: value <= goal,
  goal: `<= ${goal} ${unit}`,
});

const missing = lacking();
if (missing) {
  console.error(`bench: ${missing}`);
  process.exit(1);
}
const directory = mkdtempSync(join(tmpdir(), "portico-bench-"));
const cleanups: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
// The calls of this process are load as well.
execFileSync("taskset", ["-acp", CORE.others, String(process.pid)], { stdio: "ignore" });

const inMillis = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(" ");

async function run(): Promise<boolean> {
  for (const name of secretNames) process.env[name] = randomBytes(24).toString("base64url");
  process.env.LOG_LEVEL = "silent";
  const backend = await startNginx(
    directory,
    "backend",
    CORE.others,
    (port) => `server { listen 127.0.0.1:${port}; return 200 '{"ok":true}'; }`,
  );
  cleanups.push(() => backend.stop());
  const proxy = await startNginx(
    directory,
    "proxy",
    CORE.measured,
    (port) => `upstream b { server 127.0.0.1:${backend.port}; keepalive 128; keepalive_requests 1000000000; }
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
  );
  cleanups.push(() => proxy.stop());
  const plainFile = join(import.meta.dirname, "plain-proxy.ts");
  const bare = await startNode(CORE.measured, plainFile, { BACKEND_PORT: "" });
  cleanups.push(() => bare.stop());
  const plain = await startNode(CORE.measured, plainFile, { BACKEND_PORT: String(backend.port) });
  cleanups.push(() => plain.stop());
  const express = await startExpressGateway(directory, backend.port);
  cleanups.push(() => express.stop());
  const database = await startDatabase();
  cleanups.push(() => database.stop());
  moveDatabaseAway(database.url);
  process.env.DATABASE_URL = database.url;
  const flags = process.env.BENCH_NODE_FLAGS?.split(" ") ?? [];
  const gateway = await startGateway(database.url, { command: pinned(CORE.measured), nodeFlags: flags });
  cleanups.push(() => gateway.stop());

  const { closeDb } = await import("#lib/db/client.ts");
  cleanups.push(() => closeDb());
  const { path, clientId, secret } = await publishWeather(backend.port);
  // Everybody gets the same request, so that nobody is spared the reading of two headers.
  const pair = { "X-IBM-Client-Id": clientId, "X-IBM-Client-Secret": secret };
  const keys = headerLines(pair);
  const local = (port: number) => `http://127.0.0.1:${port}/current/90210`;
  const base = `${gateway.address}${path}`;
  const nginx = subject("nginx, plain proxy", proxy.process, local(proxy.port), keys);
  const node = subject("Node, answers by itself", bare.process, local(bare.port), keys);
  const unchecked = subject("our two halves of HTTP, bare", plain.process, local(plain.port), keys);
  const open = subject("gateway, checks off", gateway.process, `${base}/open/90210`, keys);
  const whole = subject("gateway, whole call", gateway.process, `${base}/current/90210`, keys);
  const other = subject("express-gateway, key-auth", express.process, local(express.port), express.headers);
  const subjects = [nginx, node, unchecked, open, whole, other];
  for (const one of subjects) await load(one, 3);
  for (let i = 0; i < RUNS; i += 1) for (const one of subjects) await measure(one, SECONDS);

  console.log(`\n${machineName()}; median of ${RUNS} alternating runs of ${SECONDS} s, wrk -t1 -c64\n`);
  console.log(`${"what".padEnd(30)}${"CPU µs/request".padStart(16)}${"requests/s".padStart(14)}   each run`);
  for (const one of subjects) {
    const each = one.cpu.map((value) => value.toFixed(0)).join(" ");
    const figures = cpuOf(one).toFixed(1).padStart(16) + throughputOf(one).toFixed(0).padStart(14);
    console.log(`${one.name.padEnd(30)}${figures}   [${each}]`);
  }

  const inTurn: number[][] = [[], []];
  for (let i = 0; i < RUNS; i += 1) {
    inTurn[0]?.push(p50(await callInTurn(local(backend.port), pair, IN_TURN)));
    inTurn[1]?.push(p50(await callInTurn(`${base}/current/90210`, pair, IN_TURN)));
  }
  // A wrong secret of the right shape: it costs all that a right one costs.
  const wrong = { ...pair, "X-IBM-Client-Secret": newClientSecret("sandbox") };
  const beside = await besideFlood(whole.url, pair, wrong);
  console.log(
    `\nhonest client, p99 of each round: ${inMillis(beside.ordinary)} ms beside right calls, ${inMillis(beside.flooded)} ms beside wrong secrets`,
  );
  console.log(`${beside.refused} calls with a wrong secret; ${beside.failed} of its calls were not answered 200\n`);

  const bad = subject("wrong secrets", gateway.process, whole.url, headerLines(wrong));
  const served = { good: await serve(whole, SERVED), bad: await serve(bad, SERVED) };
  console.log(`${served.good} calls with the right secret and ${served.bad} with a wrong one were served\n`);
  const { authenticationMicros } = await import("./authentication.ts");
  const argon2 = /argon2/.test(readFileSync(`/proc/${gateway.process.pid}/maps`, "utf8")) ? 1 : 0;
  const faster = throughputOf(whole) / throughputOf(other);
  const goals: Goal[] = [
    atMost("whole call / nginx, CPU", cpuOf(whole) / cpuOf(nginx), 3.5, "x"),
    // All that the keys, the subscription and the limits cost; both are routed, cleaned and recorded.
    atMost("whole call / our proxying with checks off, CPU", cpuOf(whole) / cpuOf(open), 1.25, "x"),
    { what: "whole call / express-gateway, requests/s", value: faster, holds: faster >= 10, goal: ">= 10 x" },
    atMost("authentication alone, p50", authenticationMicros(newClientSecret("sandbox")), 10, "µs"),
    atMost("argon2 loaded after good and bad calls", argon2, 0, "times"),
    atMost("added latency at concurrency 1, p50", median(inTurn[1] ?? []) - median(inTurn[0] ?? []), 0.3, "ms"),
    atMost("honest p99, wrong secrets / right calls", median(beside.flooded) / median(beside.ordinary), 1.3, "x"),
    atMost("honest client's errors beside a flood", beside.failed, 0, "calls"),
  ];
  const bareRatio = (cpuOf(whole) / cpuOf(unchecked)).toFixed(2);
  console.log(
    `For comparison, no goal: the whole call costs ${bareRatio} x a listener joined to our client of backends.\n`,
  );
  for (const { what, value, holds, goal } of goals) {
    console.log(`${what.padEnd(48)}${value.toFixed(2).padStart(8)}   ${goal.padEnd(10)} ${holds ? "holds" : "MISSED"}`);
  }
  return goals.every(({ holds }) => holds);
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
