import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { Actor, SystemActor, UserActor } from "./actor.ts";
import { needsProvider, type Permission, roleAllows } from "./permissions.ts";

declare const brand: unique symbol;

/**
 * Proof that an actor holds a permission, and where. Only `authorize` makes one, and what writes demands one
 * (`recordEvent`), so that a mutation which skipped authorization does not compile.
 */
export interface Permit {
  readonly [brand]: true;
  readonly actor: UserActor | SystemActor;
  readonly permission: Permission | "installation:manage";
  /** The organizations in which the actor holds the permission; "all" for the installation itself. */
  readonly organizationIds: readonly string[] | "all";
}

/**
 * First line of every use case. Throws SIGN_IN_REQUIRED without a session, FORBIDDEN when no organization of the
 * actor grants the permission. Which rows are in reach is for the query to say: `where: { id, ...ownedBy(permit) }`.
 */
export function authorize(actor: Actor, permission: Permission): Permit {
  if (actor.kind === "system") return { actor, permission, organizationIds: "all" } as unknown as Permit;
  if (actor.kind !== "user") throw new AppError("SIGN_IN_REQUIRED");
  const organizationIds = actor.memberships
    .filter((m) => roleAllows(m.role, permission) && (m.isProvider || !needsProvider(permission)))
    .map((m) => m.organizationId);
  if (organizationIds.length === 0) throw new AppError("FORBIDDEN");
  return { actor, permission, organizationIds } as unknown as Permit;
}

/** For what every signed-in person may do to their own account or to found an organization. */
export function authorizeSelf(actor: Actor): UserActor {
  if (actor.kind !== "user") throw new AppError("SIGN_IN_REQUIRED");
  return actor;
}

/**
 * First line of a use case of the installation as a whole. Nobody else learns that there is such a thing: NOT_FOUND. The
 * permit reaches no organization.
 */
export function authorizeAdministrator(actor: Actor): Permit {
  if (actor.kind === "anonymous") throw new AppError("SIGN_IN_REQUIRED");
  if (actor.kind === "user" && !actor.isAdministrator) throw notFound();
  return { actor, permission: "installation:manage", organizationIds: [] } as unknown as Permit;
}

/** Tenant scope as a condition on a row's `organizationId`. A foreign row is thereby as absent as a random ID. */
export function ownedBy(permit: Permit): { organizationId?: { in: string[] } } {
  return permit.organizationIds === "all" ? {} : { organizationId: { in: [...permit.organizationIds] } };
}

/** The same, for rows that reach their organization over one join (`space`, `catalog`, `application`). */
export const ownedThrough = <K extends string>(join: K, permit: Permit) =>
  ({ [join]: ownedBy(permit) }) as Record<K, ReturnType<typeof ownedBy>>;

/** Whether the permit reaches an organization that was resolved from a row. */
export const reaches = (permit: Permit, organizationId: string): boolean =>
  permit.organizationIds === "all" || permit.organizationIds.includes(organizationId);

/** Whether an actor may see the machines of the installation: its administrators, and who publishes on them. */
export const mayKnowGateways = (actor: Actor): boolean =>
  actor.kind === "system" ||
  (actor.kind === "user" &&
    (actor.isAdministrator || actor.memberships.some((m) => mayIn(actor, "catalog:read", m.organizationId))));

/** Whether an actor holds a permission in one organization; for pages, which disable with the same table that use cases enforce. */
export function mayIn(actor: Actor, permission: Permission, organizationId: string): boolean {
  if (actor.kind === "system") return true;
  if (actor.kind !== "user") return false;
  return actor.memberships.some(
    (m) =>
      m.organizationId === organizationId &&
      roleAllows(m.role, permission) &&
      (m.isProvider || !needsProvider(permission)),
  );
}
