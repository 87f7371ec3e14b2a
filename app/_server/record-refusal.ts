import "server-only";
import type { Actor } from "#lib/access/actor.ts";
import { byActor, recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import type { AppError } from "#lib/errors/app-error.ts";
import type { ErrorCode } from "#lib/errors/catalogue.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import { clientAddress } from "./client-address.ts";

/** What a person may not do, or does too often; not what they got wrong in a form. */
const REFUSALS = new Set<ErrorCode>(["FORBIDDEN", "NOT_FOUND", "SIGN_IN_REQUIRED", "TOO_MANY_ATTEMPTS"]);

/** Keeps a refusal of an action or a route for the administrators (T29); bounded, and never in the way of the answer. */
export async function recordRefusal(error: AppError, actor: Actor, headers: Headers, path: string): Promise<void> {
  if (!REFUSALS.has(error.code)) return;
  const from = subjectOf(clientAddress(headers));
  await recordSecurityEvent({ action: "request.refused", by: byActor(actor), on: path, from, code: error.code });
}
