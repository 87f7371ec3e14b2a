import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import type { GatewayApi } from "#gateway/snapshot/model.ts";
import type { Place } from "#gateway/snapshot/snapshot.ts";
import { isPreflight } from "./answer-preflight.ts";

/** Finds API and operation of the path: 404 API_NOT_FOUND, 404 OPERATION_NOT_FOUND, 405 with Allow. */
export function routeCall(call: Call): Refused | undefined {
  // "/prefix/catalog" is up to the third slash.
  const second = call.path.indexOf("/", 1);
  if (second < 0) return refuse("API_NOT_FOUND", "catalog-unknown");
  const third = call.path.indexOf("/", second + 1);
  const placeEnd = third < 0 ? call.path.length : third;
  const below = call.path.slice(placeEnd);
  const place = call.gateway.snapshot.places.get(call.path.slice(1, placeEnd));
  if (!place) return refuse("API_NOT_FOUND", "catalog-unknown");
  const api = findApi(place, below);
  if (!api) return refuse("API_NOT_FOUND", "base-path-unknown");
  call.api = api;
  call.pathBelow = below.slice(api.basePath.length) || "/";
  const method = call.req.method ?? "";
  if (api.cors && method === "OPTIONS" && isPreflight(call)) {
    // Answered by the next step; it asks what the path allows, and names no operation itself.
    call.preflight = true;
    return undefined;
  }
  call.operation = api.router.find(method, call.pathBelow);
  if (call.operation) return undefined;
  const methods = api.router.methodsOf(call.pathBelow);
  if (methods.length === 0) return refuse("OPERATION_NOT_FOUND");
  return refuse("METHOD_NOT_ALLOWED", null, ["Allow", methods.join(", ")]);
}

/** The API with the longest base path that whole segments of `below` start with. */
function findApi(place: Place, below: string): GatewayApi | undefined {
  let end = 0;
  for (let depth = 0; depth < place.depthMax && end < below.length; depth += 1) {
    const next = below.indexOf("/", end + 1);
    end = next < 0 ? below.length : next;
  }
  while (end > 0) {
    const api = place.byBasePath.get(below.slice(0, end));
    if (api) return api;
    end = below.lastIndexOf("/", end - 1);
  }
  return place.byBasePath.get("");
}
