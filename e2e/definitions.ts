import { readFileSync } from "node:fs";
import { join } from "node:path";

const weather = readFileSync(join(import.meta.dirname, "../prisma/seed/weather.yaml"), "utf8");

/** The weather definition as it comes from the tutorial before this one: no key is asked for yet. */
export function weatherWithoutKeys(title: string, basePath: string): string {
  return weather
    .replace(/^securityDefinitions:\n(?: .*\n)+/m, "")
    .replace(/^security:\n(?: .*\n)+/m, "")
    .replace("title: Weather Provider API", `title: ${title}`)
    .replace("basePath: /weather", `basePath: ${basePath}`);
}

/** The weather definition with both keys, under another name. */
export const weatherAs = (title: string, basePath: string): string =>
  weather
    .replace("title: Weather Provider API", `title: ${title}`)
    .replace("basePath: /weather", `basePath: ${basePath}`);

/** The sample backend of the installation: its address, and the functional ID that it wants (S13). */
export function sampleBackend(): { address: string; username: string; password: string } {
  const file = join(process.env.DATA_DIR ?? ".data", "secrets.json");
  const password = JSON.parse(readFileSync(file, "utf8")).SAMPLE_BACKEND_PASSWORD;
  return { address: `http://127.0.0.1:${process.env.SAMPLE_PORT ?? 4010}`, username: "weather-gateway", password };
}
