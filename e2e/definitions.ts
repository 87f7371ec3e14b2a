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

/** The weather definition with a scheme of its backend's own in place of keys. */
export const weatherWithOwnScheme = (title: string, basePath: string): string =>
  `${weatherWithoutKeys(title, basePath)}
securityDefinitions:
  backend:
    type: basic
security:
  - backend: []
`;

/** As weatherAs, with an assembly of two policies: one that sets a header, and the invoke. */
export const weatherWithAssembly = (title: string, basePath: string): string => `${weatherAs(title, basePath)}
x-ibm-configuration:
  assembly:
    execute:
      - set-variable:
          version: 2.0.0
          title: Name the caller
          actions:
            - set: message.headers.X-Caller
              value: night report
              type: string
      - invoke:
          version: 2.0.0
          title: Ask the backend
          target-url: $(target-url)
`;

/** As weatherAs, with policies in policies: one place is refused by a throw, one breaks and is caught, the rest is asked for. */
export const weatherWithBranches = (title: string, basePath: string): string => `${weatherAs(title, basePath)}
x-ibm-configuration:
  assembly:
    execute:
      - operation-switch:
          version: 2.0.0
          title: By operation
          case:
            - operations: [getCurrent]
              execute:
                - switch:
                    version: 2.0.0
                    title: By zip code
                    case:
                      - condition: $(request.parameters.zipcode) = '00000'
                        execute:
                          - throw:
                              version: 2.0.0
                              title: Refuse nowhere
                              name: Nowhere
                              error-status-code: 403
                              message: Nothing lives there
                      - condition: $(request.parameters.zipcode) = '11111'
                        execute:
                          - invoke:
                              version: 2.0.0
                              title: Ask another server
                              target-url: http://127.0.0.1:9/a/very/long/path/that/goes/on/and/on/current?zipcode=$(request.parameters.zipcode)
                              verb: GET
                      - otherwise:
                          - invoke:
                              version: 2.0.0
                              title: Ask the backend
                              target-url: $(target-url)
            - otherwise:
                - invoke:
                    version: 2.0.0
                    title: Ask for the rest
                    target-url: $(target-url)
    catch:
      - errors: [ConnectionError]
        execute:
          - set-variable:
              version: 2.0.0
              title: Say so in our words
              actions:
                - set: message.status.code
                  value: 503
                  type: number
                - set: message.body
                  value: The weather is resting.
                  type: string
    finally:
      - log:
          version: 2.0.0
          title: Note the call
          log-level: activity
`;

/** The sample backend of the installation: its address, and the functional ID that it wants (S13). */
export function sampleBackend(): { address: string; username: string; password: string } {
  const file = join(process.env.DATA_DIR ?? ".data", "secrets.json");
  const password = JSON.parse(readFileSync(file, "utf8")).SAMPLE_BACKEND_PASSWORD;
  return { address: `http://127.0.0.1:${process.env.SAMPLE_PORT ?? 4010}`, username: "weather-gateway", password };
}
