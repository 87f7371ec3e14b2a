/** What is called in the measurements, and with which pair. */
export interface Offer {
  /** Without an operation's path. */
  path: string;
  clientId: string;
  secret: string;
}

/** Publishes one API with an operation that asks for the pair and one that asks for nothing, into DATABASE_URL. */
export async function publishWeather(backendPort: number): Promise<Offer> {
  const fixture = await import("#lib/test-kit/gateway-fixture.ts");
  const place = await fixture.makePlace();
  const published = await fixture.publish({
    place,
    backendUrl: `http://127.0.0.1:${backendPort}`,
    basePath: "/weather/v1",
    schemes: {
      id: { key: "client_id", in: "header", name: "X-IBM-Client-Id" },
      secret: { key: "client_secret", in: "header", name: "X-IBM-Client-Secret" },
    },
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
  const { clientId, secret } = await fixture.makeCredential(applicationId);
  return { path: published.path, clientId, secret };
}
