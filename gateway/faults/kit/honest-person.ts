import { Agent, request } from "node:http";

export interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
  agent?: Agent;
}

/** A request with the portal's own Origin: the status of its answer, 0 without one, and where it leads. */
export function ask(
  portal: string,
  { method = "GET", path, headers = {}, body, agent }: Asked,
): Promise<{ status: number; to: string }> {
  const given = { Origin: portal, ...(body && { "Content-Length": body.length }), ...headers };
  return new Promise((tell) => {
    const req = request(portal + path, { method, headers: given, ...(agent && { agent }) }, (res) => {
      res.resume().once("end", () => tell({ status: res.statusCode ?? 0, to: res.headers.location ?? "" }));
    });
    req.on("error", () => tell({ status: 0, to: "" }));
    req.end(body);
  });
}

export const credentials = (email: string, password: string): string =>
  new URLSearchParams({ email, password }).toString();

/** The cookie of a new session. */
export async function signedIn(portal: string, email: string, password: string): Promise<string> {
  const answer = await fetch(`${portal}/sign-in/form`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: portal },
    body: new URLSearchParams({ email, password }),
  });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return cookies.join("; ");
}

export interface Honest {
  portal: string;
  /** Of a member who looks at drafts and their previews. */
  cookie: string;
  drafts: string;
  source: string;
  /** Of somebody who signs in: further sessions of the member would end the first. */
  email: string;
  password: string;
  /** Requests a second. */
  rate: number;
  seconds: number;
}

/**
 * Pages, previews and sign-ins of honest people, each at an address of their own, at an even rate whether answers come or
 * not: milliseconds of each, and what was not served.
 */
export async function honestRequests({ portal, cookie, drafts, source, email, password, rate, seconds }: Honest) {
  const agent = new Agent({ keepAlive: true });
  const page = (path: string, headers = {}) => ({ path, headers, expected: "200 " });
  const kinds: (Asked & { expected: string })[] = [
    page("/apis"),
    page(drafts, { Cookie: cookie }),
    {
      method: "POST",
      path: `${drafts}/01a2253e-dd46-71e7-acc2-0b9aaf2fe9fb/preview`,
      headers: { Cookie: cookie, "Content-Type": "application/json" },
      body: Buffer.from(JSON.stringify({ source, edits: [] })),
      expected: "200 ",
    },
    page("/sign-in"),
    {
      method: "POST",
      path: "/sign-in/form",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: Buffer.from(credentials(email, password)),
      expected: "303 /",
    },
  ];
  const result = { failed: [] as string[], millis: [] as number[] };
  const open: Promise<void>[] = [];
  for (let n = 0; n < rate * seconds; n += 1) {
    const { expected, ...kind } = kinds[n % kinds.length] as (typeof kinds)[number];
    const headers = { "X-Forwarded-For": `198.51.${100 + (n >> 8)}.${n & 255}`, ...kind.headers };
    const started = performance.now();
    open.push(
      ask(portal, { ...kind, agent, headers }).then(({ status, to }) => {
        result.millis.push(performance.now() - started);
        if (`${status} ${to}` !== expected) result.failed.push(`${kind.path}: ${status} ${to}`);
      }),
    );
    await new Promise((go) => setTimeout(go, 1_000 / rate));
  }
  await Promise.all(open);
  agent.destroy();
  return result;
}
