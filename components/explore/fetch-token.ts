import { postJson, problemOf } from "#components/ui/post-json.ts";
import type { AccessToken, AccessTokenInput } from "#lib/explore/explore.schema.ts";
import type { HeldToken } from "./explore-context.tsx";

/** Asks the portal for an access token; a refusal in words. */
export async function fetchToken(
  input: AccessTokenInput,
): Promise<{ ok: true; token: HeldToken } | { ok: false; message: string }> {
  const silent = { ok: false as const, message: "The portal did not answer. Try again." };
  const response = await postJson("/api/explore/token", input).catch(() => null);
  if (!response) return silent;
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as Partial<AccessToken> | null;
  if (!response.ok || body?.accessToken === undefined || body.expiresInSeconds === undefined) {
    const { detail } = await problemOf(response);
    return detail ? { ok: false, message: detail } : silent;
  }
  return { ok: true, token: { value: body.accessToken, expiresAtMs: Date.now() + body.expiresInSeconds * 1_000 } };
}
