import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { currentWeather, forecast } from "./sample-weather.ts";

/** The functional ID under which the gateway calls: consumers' keys never come this far (S12, S13). */
const USER = "weather-gateway";

const digest = (text: string) => createHash("sha256").update(text).digest();
const expected = digest(`Basic ${Buffer.from(`${USER}:${process.env.SAMPLE_BACKEND_PASSWORD}`).toString("base64")}`);

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const problem = (status: number, error: string, headers?: Record<string, string>): Answer => ({
  status,
  body: { error },
  ...(headers && { headers }),
});

function answer(request: IncomingMessage): Answer {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) {
    return problem(401, "This backend wants its functional ID", { "www-authenticate": 'Basic realm="weather"' });
  }
  if (request.method !== "GET") return problem(405, "Only GET is known here", { allow: "GET" });
  const url = new URL(request.url ?? "/", "http://backend");
  if (url.pathname !== "/current" && url.pathname !== "/forecast") return problem(404, "No such resource");
  const zipcode = url.searchParams.get("zipcode") ?? "";
  if (!/^\d{5}$/.test(zipcode)) return problem(400, "zipcode must have five digits, for example 90210");
  if (url.pathname === "/current") return { status: 200, body: currentWeather(zipcode, new Date()) };
  const days = Number(url.searchParams.get("days") ?? 3);
  if (!Number.isInteger(days) || days < 1 || days > 7) return problem(400, "days must be a whole number from 1 to 7");
  return { status: 200, body: forecast(zipcode, days, new Date()) };
}

const server = createServer((request, response) => {
  const { status, body, headers } = answer(request);
  request.resume();
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
});

server.listen(Number(process.env.SAMPLE_PORT), "127.0.0.1", () => process.send?.({ type: "ready" }));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
