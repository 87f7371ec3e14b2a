import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "#scripts/child.ts";
import { unpackVersion, whyNoVersion } from "#scripts/version-tree.ts";
import { CORE, lacking, machineName, median, quantile, startNginx } from "./machine.ts";
import { headerLines, load, measure, type Subject, subject } from "./subject.ts";
import type { Offer } from "./weather.ts";

/*
 * npm run bench:against -- <commit>: what an ordinary call costs in this tree and in that commit's, in CPU time. Two
 * gateways with a database each, measured in turn, first the one and then the other: on a machine that is shared, only
 * figures that alternate compare. The figure is the median of the pairs' ratios.
 */
const PAIRS = Number(process.env.BENCH_PAIRS ?? 15);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
/** Both need these files; the older tree may lack them. */
const CARRIED = ["offer.ts", "weather.ts", "machine.ts"];

const commit = process.argv[2];
const lack = commit ? (lacking() ?? whyNoVersion(commit)) : "say which commit: npm run bench:against -- <commit>";
if (!commit || lack) {
  console.error(`bench: ${lack}`);
  process.exit(1);
}

const directory = mkdtempSync(join(tmpdir(), "portico-bench-"));
const cleanups: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];

/** A gateway of a tree, with its database, ready to be called. */
async function side(name: string, tree: string, backendPort: number): Promise<Subject[]> {
  const child = fork(join(tree, "gateway/bench/offer.ts"), {
    cwd: tree,
    env: { ...process.env, BACKEND_PORT: String(backendPort) },
  });
  cleanups.push(async () => {
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  });
  const [offer] = (await once(child, "message")) as [Offer & { address: string; pid: number }];
  const keys = headerLines({ "X-IBM-Client-Id": offer.clientId, "X-IBM-Client-Secret": offer.secret });
  const measured = { pid: offer.pid } as ChildProcess;
  const call = (operation: string) => `${offer.address}${offer.path}/${operation}/90210`;
  return [
    subject(`${name}, whole call`, measured, call("current"), keys),
    subject(`${name}, checks off`, measured, call("open"), keys),
  ];
}

/** `measured` before `other`, then `other` before `measured`, so that neither is always the second. */
async function pairs(measured: Subject, other: Subject): Promise<number[]> {
  await load(measured, 3);
  await load(other, 3);
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    for (const one of pair % 2 === 0 ? [measured, other] : [other, measured]) await measure(one, SECONDS);
    ratios.push((measured.cpu.at(-1) ?? Number.NaN) / (other.cpu.at(-1) ?? Number.NaN));
  }
  return ratios;
}

try {
  execFileSync("taskset", ["-acp", CORE.others, String(process.pid)], { stdio: "ignore" });
  const old = unpackVersion(commit);
  cleanups.push(() => rmSync(old, { recursive: true, force: true }));
  for (const file of CARRIED) copyFileSync(join(import.meta.dirname, file), join(old, "gateway/bench", file));
  const backend = await startNginx(
    directory,
    "backend",
    CORE.others,
    (port) => `server { listen 127.0.0.1:${port}; return 200 '{"ok":true}'; }`,
  );
  cleanups.push(() => backend.stop());
  const here = await side("this tree", root, backend.port);
  const there = await side(commit.slice(0, 7), old, backend.port);

  console.log(`\n${machineName()}; ${PAIRS} alternating pairs of ${SECONDS} s, wrk -t1 -c64; CPU µs a request\n`);
  for (const [at, mine] of here.entries()) {
    const theirs = there[at];
    if (!theirs) continue;
    const ratios = await pairs(mine, theirs);
    for (const { name, cpu } of [mine, theirs]) console.log(`${name.padEnd(28)}${median(cpu).toFixed(1).padStart(8)}`);
    const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)].map((ratio) => ratio.toFixed(3));
    console.log(`ratio: median ${median(ratios).toFixed(3)}, half of them from ${low} to ${high}\n`);
  }
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
