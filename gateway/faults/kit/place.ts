import { operation, pairHeaders, pairInHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import type { RecordingBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { makeApplication, makeCredential, makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";

/** An API with the pair in headers, and an application that may call it. */
export async function makeCalled(backend: RecordingBackend) {
  const place = await makePlace();
  const api = await publish({
    place,
    backendUrl: backend.url,
    basePath: "/w",
    schemes: pairInHeaders,
    operations: [operation("GET", "/x", [["id", "secret"]])],
  });
  const applicationId = await makeApplication(place);
  const subscriptionId = await subscribe(applicationId, api);
  const credential = await makeCredential(applicationId);
  return {
    place,
    api,
    applicationId,
    subscriptionId,
    credential,
    path: `${api.path}/x`,
    headers: pairHeaders(credential),
  };
}

/** Answers at once and remembers nothing: a million calls would not fit. */
export function answerPlainly(backend: RecordingBackend): void {
  backend.answer = (req, res) => {
    backend.calls.length = 0;
    req.resume();
    res.end("ok");
  };
}
