// Small definitions for the tests of rules and compiler.

export type Scheme = Record<string, unknown>;
export const key = (name: string, extra: Scheme = {}): Scheme => ({ type: "apiKey", in: "header", name, ...extra });
export const id = key("X-IBM-Client-Id", { "x-key-type": "client_id" });
export const secret = key("X-IBM-Client-Secret", { "x-key-type": "client_secret" });

export interface Parts {
  schemes: Record<string, Scheme>;
  security?: Record<string, string[]>[];
  own?: Record<string, string[]>[];
  ibm?: Record<string, unknown>;
}

/** The same API in either format. */
export function text(format: "2.0" | "3.0" | "3.1", { schemes, security, own, ibm }: Parts): string {
  const common = {
    info: { title: "Weather", version: "1.0.0" },
    ...(security && { security }),
    ...(ibm && { "x-ibm-configuration": ibm }),
    paths: {
      "/current": { get: { responses: { 200: { description: "ok" } }, ...(own && { security: own }) } },
    },
  };
  return JSON.stringify(
    format === "2.0"
      ? { swagger: "2.0", basePath: "/weather", ...common, securityDefinitions: schemes }
      : { openapi: `${format}.0`, servers: [{ url: "/weather" }], ...common, components: { securitySchemes: schemes } },
    null,
    2,
  );
}

/** A requirement on both keys. */
export const both = [{ id: [], secret: [] }];
