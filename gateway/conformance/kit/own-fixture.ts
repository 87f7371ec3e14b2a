import { afterAll, beforeAll, inject } from "vitest";
import { closeDb } from "#lib/db/client.ts";
import { type FixturePlace, makePlace } from "#lib/test-kit/gateway-fixture.ts";
import { type RecordingBackend, startBackend } from "./recording-backend.ts";

export interface OwnFixture {
  place: FixturePlace;
  backend: RecordingBackend;
}

/** Gives a spec file its own provider and backend; `fill` publishes what it needs. */
export function ownFixture(fill: (fixture: OwnFixture) => Promise<void>): OwnFixture {
  const fixture = {} as OwnFixture;
  beforeAll(async () => {
    process.env.DATABASE_URL = inject("databaseUrl");
    fixture.place = await makePlace();
    fixture.backend = await startBackend();
    await fill(fixture);
  });
  afterAll(async () => {
    await fixture.backend?.stop();
    await closeDb();
  });
  return fixture;
}

/** The pair in two headers, the customary names. */
export const pairInHeaders = {
  id: { key: "client_id", in: "header", name: "X-IBM-Client-Id" },
  secret: { key: "client_secret", in: "header", name: "X-IBM-Client-Secret" },
} as const;

/** The pair in two query parameters, the customary names. */
export const pairInQuery = {
  id: { key: "client_id", in: "query", name: "client_id" },
  secret: { key: "client_secret", in: "query", name: "client_secret" },
} as const;

export const operation = (method: string, path: string, security: string[][] = []) => ({
  key: `${method} ${path}`,
  method,
  path,
  security,
});

/** The two headers of a credential. */
export const pairHeaders = (credential: { clientId: string; secret: string }): [string, string][] => [
  ["X-IBM-Client-Id", credential.clientId],
  ["X-IBM-Client-Secret", credential.secret],
];
