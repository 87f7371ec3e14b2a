import type { Role } from "./permissions.ts";

export interface ActorMembership {
  organizationId: string;
  organizationSlug: string;
  organizationName: string;
  isProvider: boolean;
  isConsumer: boolean;
  role: Role;
}

/** Who acts: a signed-in person with the organizations that they belong to, as read for this very request. */
export interface UserActor {
  kind: "user";
  userId: string;
  sessionId: string;
  name: string;
  email: string;
  /** Runs the installation as a whole, beside whatever role they have in organizations. */
  isAdministrator: boolean;
  memberships: ActorMembership[];
}

/** Someone who has not signed in. */
export interface AnonymousActor {
  kind: "anonymous";
}

/** The installation itself: first-run data and maintenance scripts. It may do anything in any organization. */
export interface SystemActor {
  kind: "system";
  name: string;
}

export type Actor = UserActor | AnonymousActor | SystemActor;

export const anonymous: AnonymousActor = { kind: "anonymous" };
