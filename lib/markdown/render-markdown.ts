import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";

import { cutText } from "#lib/text.schema.ts";
import { MARKDOWN_LENGTH_MAX, type RenderedMarkdown } from "./markdown.rules.ts";

/** The process stops a text by itself after 2 s; it also has to start, and what is stuck elsewhere is ended. */
const DEADLINE_MS = 6_000;
const MEMORY_MB = 128;
/** A page waits no longer for its turn and its text together; the text is finished for the next one. */
const PATIENCE_MS = 4_000;
const QUEUE_MAX = 50;
/** In UTF-16 units of text and HTML, so about 32 MB at most. */
const CACHE_LENGTH_MAX = 16_000_000;
/** What took too long may have done so because the machine was busy: it is tried again after so long. */
const REFUSED_MS = 10 * 60_000;
/** An idle process keeps some 60 MB. */
const IDLE_MS = 60_000;

interface Renderer {
  process: ChildProcess | null;
  /** Ends the process when nobody has asked for a while. */
  idle: NodeJS.Timeout | undefined;
  /** By the hash of a text, the least lately used first. */
  cache: Map<string, { html: string | null; until: number }>;
  cacheLength: number;
  /** Those that wait or are being laid out, each once however many ask. */
  asked: Map<string, Promise<string | null>>;
  /** One text after the other. */
  last: Promise<unknown>;
}

/** One a process, also when a bundler makes several copies of this module. */
const holder = globalThis as typeof globalThis & { porticoMarkdown?: Renderer };

function renderer(): Renderer {
  holder.porticoMarkdown ??= {
    process: null,
    idle: undefined,
    cache: new Map(),
    cacheLength: 0,
    asked: new Map(),
    last: Promise.resolve(),
  };
  return holder.porticoMarkdown;
}

/**
 * Lays out a publisher's CommonMark in a process of its own: whatever the text, the event loop does no more than hash and
 * send 50,000 characters (5,000 can keep the parser busy for ten seconds, or fill its memory). Each text once, as
 * long as it is kept. Never rejects.
 */
export async function renderMarkdown(whole: string): Promise<RenderedMarkdown> {
  const text = cutText(whole, MARKDOWN_LENGTH_MAX);
  return { html: await htmlOf(text), text, cut: text.length < whole.length };
}

async function htmlOf(text: string): Promise<string | null> {
  const shared = renderer();
  const key = createHash("sha256").update(text).digest("base64");
  const known = shared.cache.get(key);
  if (known && known.until > Date.now()) {
    shared.cache.delete(key);
    shared.cache.set(key, known);
    return known.html;
  }
  const asked = shared.asked.get(key) ?? (shared.asked.size < QUEUE_MAX ? enqueue(shared, key, text) : null);
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), PATIENCE_MS);
  const html = await Promise.race([asked, late]);
  clearTimeout(timer);
  return html;
}

function enqueue(shared: Renderer, key: string, text: string): Promise<string | null> {
  const html = shared.last.then(() => ask(shared, text));
  shared.last = html;
  shared.asked.set(
    key,
    html.then((made) => {
      shared.asked.delete(key);
      keep(shared, key, made);
      return made;
    }),
  );
  return shared.asked.get(key) ?? html;
}

function keep(shared: Renderer, key: string, html: string | null): void {
  forget(shared, key);
  shared.cache.set(key, { html, until: html === null ? Date.now() + REFUSED_MS : Number.POSITIVE_INFINITY });
  shared.cacheLength += sizeOf(html);
  for (const [oldest] of shared.cache) {
    if (shared.cacheLength <= CACHE_LENGTH_MAX) break;
    forget(shared, oldest);
  }
}

function forget(shared: Renderer, key: string): void {
  const entry = shared.cache.get(key);
  if (!entry) return;
  shared.cache.delete(key);
  shared.cacheLength -= sizeOf(entry.html);
}

/** A key and its entry weigh something without any HTML as well. */
const sizeOf = (html: string | null): number => 200 + (html?.length ?? 0);

function start(shared: Renderer): ChildProcess {
  // A process, because a thread that runs out of memory can take the whole portal with it. From the working directory,
  // because a bundler moves this module. It needs nothing of our environment, and gets no secret.
  const { fork } = process.getBuiltinModule("node:child_process");
  const child = fork(join(process.cwd(), "lib", "markdown", "markdown-process.ts"), {
    execArgv: [`--max-old-space-size=${MEMORY_MB}`],
    env: {} as NodeJS.ProcessEnv,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // Without a listener its errors would be the portal's; `exit` or the deadline follows.
  child.on("error", () => {});
  child.on("exit", () => {
    if (shared.process === child) shared.process = null;
  });
  shared.process = child;
  return child;
}

/** Lays out one text; null when the process refused it, died of it, or was ended at the deadline. Never rejects. */
function ask(shared: Renderer, text: string): Promise<string | null> {
  clearTimeout(shared.idle);
  const child = shared.process ?? start(shared);
  child.ref();
  child.channel?.ref();
  return new Promise((done) => {
    const give = (html: string | null) => {
      clearTimeout(deadline);
      child.off("message", onMessage).off("exit", onEnd).off("error", onEnd);
      child.unref();
      child.channel?.unref();
      done(html);
    };
    const onMessage = ({ html }: { html: string | null }) => {
      shared.idle = setTimeout(() => child.kill(), IDLE_MS).unref();
      give(html);
    };
    const onEnd = () => {
      if (shared.process === child) shared.process = null;
      child.kill("SIGKILL");
      give(null);
    };
    const deadline = setTimeout(onEnd, DEADLINE_MS);
    child.on("message", onMessage).on("exit", onEnd).on("error", onEnd);
    // What it cannot be told any more, `exit` says.
    child.send(text, () => {});
  });
}
