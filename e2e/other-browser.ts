import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { Builder, Key, type WebDriver } from "selenium-webdriver";
import { hasEnded, stopChild } from "#scripts/child.ts";
import { freePort } from "#scripts/embedded-postgres.ts";

/** How long anything that a journey waits for may take. */
const PATIENCE_MS = 30_000;
/** How long a browser that was told to end may take, before it is killed. */
const END_MS = 5_000;
const LOOK_EVERY_MS = 50;

const WINDOW = { width: 1280, height: 900 };
/** It looks for a free number itself, and writes it to the fourth channel. */
const XVFB = ["-displayfd", "3", "-screen", "0", `${WINDOW.width}x${WINDOW.height}x24`, "-nolisten", "tcp"];

type NamedKey = "Tab" | "Enter" | "Escape";

/** What a driver has to be able to do; everything else is the same for each of them. */
interface Driver {
  open(address: string): Promise<void>;
  /** The value of an expression in the page. */
  value<T>(expression: string): Promise<T>;
  /** Moves the pointer to a point of the window, and presses it. */
  pressAt(x: number, y: number): Promise<void>;
  /** To what has the focus. */
  type(text: string): Promise<void>;
  key(key: NamedKey): Promise<void>;
  /** Of the window, into a PNG file. */
  picture(file: string): Promise<void>;
  /** Ends the browser and every process that was started for it. */
  close(): Promise<void>;
}

/** A page of a browser that Playwright does not drive. Places are XPath; the first that can be seen counts. */
export interface OtherBrowser extends Omit<Driver, "pressAt" | "type"> {
  /** Waits until it can be seen. */
  see(place: string): Promise<void>;
  /** When it stands still, takes presses and nothing lies over it; no second time once a press fell on it. */
  press(place: string): Promise<void>;
  /** In place of what the field holds, as a person does. */
  fill(place: string, text: string): Promise<void>;
  /** As fill, all at once: typing a definition would take longer than everything else. */
  paste(place: string, text: string): Promise<void>;
  back(): Promise<void>;
  address(): Promise<string>;
}

interface Found {
  open: () => Promise<OtherBrowser>;
}
/** Why it is not there, and what brings it. */
interface Absent {
  absent: string;
}

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file));

/** What a look at a place finds: where it can be pressed, or why it cannot be seen or pressed. */
type Look = { at: [x: number, y: number] } | { seen: boolean; why: string };

/**
 * Runs in the page. One look, which changes nothing but what is scrolled to: a wait asks anew, and so outlives a page
 * that goes, and an element that React puts in another's place.
 */
function look(place: string): Look {
  const found = document.evaluate(place, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
  const nodes = Array.from({ length: found.snapshotLength }, (_, index) => found.snapshotItem(index) as HTMLElement);
  const [node] = nodes.filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.offsetHeight > 0);
  if (!node) return { seen: false, why: nodes.length > 0 ? "is hidden" : "is not there" };
  // React marks what its script has taken over: earlier a press is lost.
  if (!Object.keys(node).some((key) => key.startsWith("__reactFiber$"))) return { seen: true, why: "is not alive" };
  const box = node.getClientRects()[0];
  if (!box) return { seen: false, why: "has no box" };
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
  const top = document.elementFromPoint(x, y);
  if (top === null || !node.contains(top)) {
    node.scrollIntoView({ block: "center", behavior: "instant" });
    return { seen: true, why: `is under ${(top?.outerHTML ?? "nothing: out of view").slice(0, 200)}` };
  }
  return { at: [x, y] };
}

/**
 * Runs in the page: notes whether the next press falls on the place. What comes late, such as the rest of a page, moves
 * what is below between look and press; such a press did nothing, and a person makes it again.
 */
function aim(place: string): void {
  const note: { fellBeside?: boolean } = Object.assign(window, { fellBeside: false });
  const onPress = ({ target }: Event) => {
    const found = document.evaluate(place, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
    const nodes = Array.from({ length: found.snapshotLength }, (_, index) => found.snapshotItem(index));
    note.fellBeside = !nodes.some((node) => node?.contains(target as Node));
  };
  window.addEventListener("pointerdown", onPress, { capture: true, once: true });
}

/** Runs in the page: past React's own setter, so that it hears of the change. */
function paste(text: string): void {
  const area = document.activeElement as HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(area, text);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The same hands and eyes for each driver. */
function browse(driver: Driver): OtherBrowser {
  // Asked of the page: what a driver knows comes to it by events, and may be of the page before.
  const address = () => driver.value<string>("location.href");
  /** Looks until `isGood`, with the look before: what stands still is at the same point twice. */
  async function wait(place: string, isGood: (now: Look, before: Look | undefined) => boolean): Promise<Look> {
    const until = Date.now() + PATIENCE_MS;
    for (let before: Look | undefined; ; ) {
      // A page that goes takes the look along.
      const now = await driver
        .value<Look>(`(${look})(${JSON.stringify(place)})`)
        .catch((error: Error): Look => ({ seen: false, why: `cannot be looked for: ${error.message}` }));
      if (isGood(now, before)) return now;
      if (Date.now() > until) {
        const why = "why" in now ? now.why : "moves";
        throw new Error(`after ${PATIENCE_MS} ms ${place} ${why}, on ${await address()}`);
      }
      before = now;
      await setTimeout(LOOK_EVERY_MS);
    }
  }
  async function press(place: string): Promise<void> {
    const isStill = (now: Look, before: Look | undefined) =>
      "at" in now && `${now.at}` === `${before && "at" in before && before.at}`;
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
      const found = await wait(place, isStill);
      await driver.value(`(${aim})(${JSON.stringify(place)})`);
      if ("at" in found) await driver.pressAt(...found.at);
      // A page that went with the press has nothing to say against it.
      const isBeside = await driver.value<boolean>("window.fellBeside === true").catch(() => false);
      if (!isBeside) return;
    }
    throw new Error(`for ${PATIENCE_MS} ms every press fell beside ${place}, on ${await address()}`);
  }
  return {
    ...driver,
    press,
    see: async (place) => void (await wait(place, (now) => "at" in now || now.seen)),
    fill: async (place, text) => {
      await press(place);
      await driver.value(`document.activeElement.select()`);
      await driver.type(text);
    },
    paste: async (place, text) => {
      await press(place);
      await driver.value(`(${paste})(${JSON.stringify(text)})`);
    },
    // Not the drivers' own: they wait for a load, which a page from the browser's memory does not have.
    back: () => driver.value("void history.back()"),
    address,
  };
}

/** Firefox of the system, by WebDriver BiDi, which it speaks itself: no driver is needed, and nothing is downloaded. */
export function findFirefox(): Found | Absent {
  const executablePath = onPath("firefox-esr") ?? onPath("firefox");
  if (!executablePath) return { absent: "no firefox on the path (Debian: apt-get install firefox-esr)" };
  return { open: async () => browse(await driveFirefox(executablePath)) };
}

async function driveFirefox(executablePath: string): Promise<Driver> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    defaultViewport: WINDOW,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return {
    open: async (address) => void (await page.goto(address)),
    value: (expression) => page.evaluate(expression) as Promise<never>,
    pressAt: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    key: (key) => page.keyboard.press(key),
    picture: async (file) => writeFileSync(file, await page.screenshot()),
    close: async () => {
      const child = browser.process();
      await Promise.race([browser.close(), setTimeout(END_MS, undefined, { ref: false })]);
      if (child) endGroup(child);
    },
  };
}

/** WebKitGTK's MiniBrowser by its own driver, both of the system, on a display that is there or that is made for it. */
export function findWebKit(): Found | Absent {
  const driver = onPath("WebKitWebDriver");
  const [binary] = globSync("/usr/lib*/{*/,}webkit2gtk-4*/MiniBrowser");
  if (!driver || !binary)
    return { absent: "no WebKitWebDriver with MiniBrowser (Debian: apt-get install webkit2gtk-driver)" };
  const shown = process.env.WAYLAND_DISPLAY ?? process.env.DISPLAY;
  const xvfb = onPath("Xvfb");
  if (!shown && !xvfb)
    return { absent: "no display for WebKit, and no Xvfb to make one (Debian: apt-get install xvfb)" };
  return { open: async () => browse(await startWebKit(driver, binary, shown ? undefined : xvfb)) };
}

async function startWebKit(driver: string, binary: string, xvfb: string | undefined): Promise<Driver> {
  // Its profile.
  const home = mkdtempSync(join(tmpdir(), "portico-webkit-"));
  const children: ChildProcess[] = [];
  const start = (command: string, args: string[], env: Record<string, string> = {}) => {
    const own = {
      HOME: home,
      XDG_CACHE_HOME: home,
      XDG_DATA_HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_RUNTIME_DIR: home,
      // No message bus, which would outlive the browser and join it to another.
      DBUS_SESSION_BUS_ADDRESS: "disabled:",
      NO_AT_BRIDGE: "1",
    };
    const child = spawn(command, args, {
      env: { ...process.env, ...own, ...env },
      // A process group of its own: a driver that ends leaves its browser's processes behind.
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    children.push(child);
    return child;
  };
  const endAll = () => {
    children.forEach(endGroup);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  // When the runner gave up waiting.
  process.once("exit", endAll);
  // One after another and to their end: an Xvfb that ends takes its socket's name along, which may be the next one's.
  const end = async () => {
    for (const child of children.toReversed()) {
      await stopChild(child, END_MS);
    }
    process.off("exit", endAll);
    endAll();
  };
  try {
    const display: Record<string, string> = xvfb ? { DISPLAY: `:${await displayOf(start(xvfb, XVFB))}` } : {};
    const port = await freePort();
    // Drawn without a graphics card, which the machine of a test seldom has.
    const child = start(driver, [`--port=${port}`], { ...display, WEBKIT_DISABLE_DMABUF_RENDERER: "1" });
    await listening(port, child);
    const browser = new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary, args: ["--automation"] },
    });
    const web = await within(PATIENCE_MS, browser.build());
    await within(
      PATIENCE_MS,
      web
        .manage()
        .window()
        .setRect({ x: 0, y: 0, ...WINDOW }),
    );
    return driveWebKit(web, end);
  } catch (error) {
    await end();
    throw error;
  }
}

const driveWebKit = (web: WebDriver, end: () => Promise<void>): Driver => ({
  open: (address) => web.get(address),
  value: (expression) => web.executeScript(`return (${expression})`),
  pressAt: (x, y) => web.actions().move({ x, y, duration: 0 }).press().release().perform(),
  type: async (text) => (await web.switchTo().activeElement()).sendKeys(text),
  key: (key) => web.actions().sendKeys({ Tab: Key.TAB, Enter: Key.ENTER, Escape: Key.ESCAPE }[key]).perform(),
  picture: async (file) => writeFileSync(file, await within(PATIENCE_MS, web.takeScreenshot()), "base64"),
  close: async () => {
    await Promise.race([web.quit(), setTimeout(END_MS, undefined, { ref: false })]).finally(end);
  },
});

/** For a driver that sets no bound itself. */
const within = <T>(ms: number, work: PromiseLike<T>): Promise<T> =>
  Promise.race([
    work,
    setTimeout(ms, undefined, { ref: false }).then(() => {
      throw new Error(`the browser did not answer within ${ms} ms`);
    }),
  ]);

/** What is left of the process group of a child. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The number that Xvfb found free, to its line feed: that is written by itself, and an Xvfb that cannot write it ends. */
async function displayOf({ stdio }: ChildProcess): Promise<string> {
  for await (const line of createInterface(stdio[3] as Readable)) return line;
  throw new Error("Xvfb ended");
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until && !hasEnded(child)) {
    const socket = createConnection(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await setTimeout(LOOK_EVERY_MS);
  }
  throw new Error(`nothing listens on ${port}`);
}
