import "server-only";
import type { Actor } from "#lib/access/actor.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import type { BodyOwner } from "#lib/net/request-text.ts";
import { clientAddress } from "./client-address.ts";

/** Whose share of bodies a request takes. */
export const bodyOwner = (actor: Actor, request: Request): BodyOwner =>
  actor.kind === "user"
    ? { subject: actor.userId, isStranger: false }
    : { subject: subjectOf(clientAddress(request.headers)), isStranger: true };
