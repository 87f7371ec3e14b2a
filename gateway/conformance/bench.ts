import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { secretNames } from "#lib/env.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { startDatabase, startGateway } from "./kit/own-gateway.ts";

// gateway.md part 8, the first rows: CPU time per request from the operating system, as ratios of runs that alternate
// on one machine. Everything but the process that is measured runs on another core, so that a run is not the sum of all.

const RUNS = 5;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
/** The process that is measured has core 0 for itself; backend, load and database share the last. */
const CORE = { measured: "0", others: String(Math.max(0, availableParallelism() - 1)) };
/** USER_HZ: /proc counts CPU time in these (man 5 proc). */
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const has = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
};
const lacking = ["nginx", "wrk", "taskset"].filter((program) => !has(program));
if (lacking.length > 0 || !existsSync("/proc/self/stat")) {
  console.error(`bench: needs Linux with ${lacking.join(", ")}: apt-get install -y nginx-light wrk util-linux`);
  process.exit(1);
}

const directory = mkdtempSync(join(tmpdir(), "portico-bench-"));
const cleanups: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];

/** Waits until something accepts connections on a port of loopback. */
async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((done) => {
      socket.once("connect", () => done(true));
      socket.once("error", () => done(false));
    });
    socket.destroy();
    if (open) return;
  }
}

/** An nginx of ours in the foreground, one worker, pinned. Returns the process that does the work. */
async function startNginx(name: string, core: string, server: (port: number) => string) {
  const port = await freePort();
  const file = join(directory, `${name}.conf`);
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${directory}/${name}.pid; error_log stderr crit;
     events { worker_connections 1024; }
     http { access_log off; keepalive_requests 1000000000; default_type application/json;
       ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((t) => `${t}_temp_path ${directory}/${name}-${t};`).join(" ")}
       ${server(port)} }`,
  );
  const child = spawn("taskset", ["-c", core, "nginx", "-c", file, "-p", directory], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  cleanups.push(async () => {
    child.kill("SIGQUIT");
    await ended;
  });
  await untilOpen(port);
  return { port, process: child };
}

/** User and system CPU seconds of a process so far. */
function cpuSeconds(child: ChildProcess): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // utime and stime are fields 14 and 15; the slice begins with field 3.
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

interface Subject {
  name: string;
  process: ChildProcess;
  url: string;
  headers: string[];
  /** µs of CPU per request, one a run. */
  cpu: number[];
  perSecond: number[];
}

function load(subject: Subject, seconds: number): Promise<string> {
  const headers = subject.headers.flatMap((header) => ["-H", header]);
  const wrk = spawn("taskset", ["-c", CORE.others, "wrk", "-t1", "-c64", `-d${seconds}s`, ...headers, subject.url]);
  let out = "";
  wrk.stdout.on("data", (text) => {
    out += text;
  });
  return once(wrk, "exit").then(() => out);
}

async function measure(subject: Subject): Promise<void> {
  const before = cpuSeconds(subject.process);
  const out = await load(subject, SECONDS);
  const used = cpuSeconds(subject.process) - before;
  const requests = Number(/(\d+) requests in/.exec(out)?.[1]);
  if (!requests || /Non-2xx/.test(out)) throw new Error(`${subject.name}: not every answer was 200\n${out}`);
  subject.cpu.push((used / requests) * 1e6);
  subject.perSecond.push(requests / SECONDS);
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function run(): Promise<boolean> {
  for (const name of secretNames) process.env[name] = randomBytes(24).toString("base64url");
  process.env.LOG_LEVEL = "silent";
  const backend = await startNginx(
    "backend",
    CORE.others,
    (port) => `server { listen 127.0.0.1:${port}; return 200 '{"ok":true}'; }`,
  );
  const proxy = await startNginx(
    "proxy",
    CORE.measured,
    (port) => `upstream b { server 127.0.0.1:${backend.port}; keepalive 128; keepalive_requests 1000000000; }
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
  );
  const database = await startDatabase();
  cleanups.push(() => database.stop());
  // Postgres and its children leave core 0 as well.
  execFileSync(
    "sh",
    [
      "-c",
      `for p in $(pgrep -f "postgres.* -p ${new URL(database.url).port}"); do taskset -acp ${CORE.others} $p; done`,
    ],
    { stdio: "ignore" },
  );
  process.env.DATABASE_URL = database.url;
  const flags = process.env.BENCH_NODE_FLAGS?.split(" ") ?? [];
  const gateway = await startGateway(database.url, { command: ["taskset", "-c", CORE.measured], nodeFlags: flags });
  cleanups.push(() => gateway.stop());
  const fixture = await import("#lib/test-kit/gateway-fixture.ts");
  const { closeDb } = await import("#lib/db/client.ts");
  cleanups.push(() => closeDb());
  const kit = await import("#lib/crypto/client-secret.ts");

  const place = await fixture.makePlace();
  const schemes = {
    id: { key: "client_id", in: "header", name: "X-IBM-Client-Id" },
    secret: { key: "client_secret", in: "header", name: "X-IBM-Client-Secret" },
  } as const;
  const published = await fixture.publish({
    place,
    backendUrl: `http://127.0.0.1:${backend.port}`,
    basePath: "/weather/v1",
    schemes,
    operations: [
      { key: "current", method: "GET", path: "/current/{zipcode}", security: [["id", "secret"]] },
      { key: "open", method: "GET", path: "/open/{zipcode}", security: [] },
    ],
    rateLimits: [
      { limit: 1_000_000_000, windowSeconds: 3_600 },
      { limit: 1_000_000_000, windowSeconds: 604_800 },
    ],
  });
  const applicationId = await fixture.makeApplication(place);
  await fixture.subscribe(applicationId, published);
  const credential = await fixture.makeCredential(applicationId);

  const subject = (name: string, child: ChildProcess, url: string, headers: string[] = []): Subject => ({
    name,
    process: child,
    url,
    headers,
    cpu: [],
    perSecond: [],
  });
  const nginx = subject("nginx, plain proxy", proxy.process, `http://127.0.0.1:${proxy.port}/current/90210`);
  const base = `${gateway.address}${published.path}`;
  const keys = [`X-IBM-Client-Id: ${credential.clientId}`, `X-IBM-Client-Secret: ${credential.secret}`];
  const whole = subject("gateway, whole call", gateway.process, `${base}/current/90210`, keys);
  const open = subject("gateway, open API", gateway.process, `${base}/open/90210`);
  const subjects = [nginx, whole, open];
  for (const one of subjects) await load(one, 3);
  for (let i = 0; i < RUNS; i += 1) for (const one of subjects) await measure(one);

  console.log(
    `\n${"what".padEnd(24)}${"CPU µs/request".padStart(16)}${"requests/s".padStart(14)}   (median of ${RUNS} runs of ${SECONDS} s)`,
  );
  for (const { name, cpu, perSecond } of subjects) {
    console.log(
      `${name.padEnd(24)}${median(cpu).toFixed(1).padStart(16)}${median(perSecond).toFixed(0).padStart(14)}   [${cpu.map((v) => v.toFixed(0)).join(" ")}]`,
    );
  }
  const { authenticationMicros } = await import("./bench-authenticate.ts");
  const goals: [string, number, number, string][] = [
    ["whole call / nginx", median(whole.cpu) / median(nginx.cpu), 6, "x (3.5 later)"],
    ["whole call / open API", median(whole.cpu) / median(open.cpu), 1.25, "x"],
    ["authentication alone, p50", authenticationMicros(kit.newClientSecret("sandbox")), 10, "µs"],
    [
      "argon2 loaded by the gateway",
      /argon2/.test(readFileSync(`/proc/${gateway.process.pid}/maps`, "utf8")) ? 1 : 0,
      0,
      "times",
    ],
  ];
  console.log("");
  for (const [what, value, goal, unit] of goals) {
    console.log(
      `${what.padEnd(32)}${value.toFixed(2).padStart(8)}  goal <= ${goal} ${unit}  ${value <= goal ? "holds" : "MISSED"}`,
    );
  }
  return goals.every(([, value, goal]) => value <= goal);
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
