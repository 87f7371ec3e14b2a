/** The roles of an organization, strongest first. */
export const roles = ["owner", "admin", "editor", "developer", "viewer"] as const;
export type Role = (typeof roles)[number];

/** Who may do what: the one table. A use case names a permission, never a role. */
const allowed = {
  "organization:read": ["owner", "admin", "editor", "developer", "viewer"],
  "organization:manage": ["owner", "admin"],
  "member:manage": ["owner", "admin"],
  "api:read": ["owner", "admin", "editor", "viewer"],
  "api:write": ["owner", "admin", "editor"],
  "product:read": ["owner", "admin", "editor", "viewer"],
  "product:write": ["owner", "admin", "editor"],
  "catalog:read": ["owner", "admin", "editor", "viewer"],
  "catalog:manage": ["owner", "admin"],
  "catalog:publish": ["owner", "admin", "editor"],
  "test-credential:read": ["owner", "admin", "editor"],
  "subscription:decide": ["owner", "admin", "editor"],
  "application:read": ["owner", "admin", "editor", "developer", "viewer"],
  "application:write": ["owner", "admin", "developer"],
  "credential:write": ["owner", "admin", "developer"],
  "subscription:request": ["owner", "admin", "developer"],
  "explore:call": ["owner", "admin", "developer"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof allowed;

export const permissions = Object.keys(allowed) as Permission[];

/** Permissions that only mean something in an organization that publishes. */
const providerOnly = new Set<Permission>([
  "api:read",
  "api:write",
  "product:read",
  "product:write",
  "catalog:read",
  "catalog:manage",
  "catalog:publish",
  "test-credential:read",
  "subscription:decide",
]);

export const needsProvider = (permission: Permission): boolean => providerOnly.has(permission);

export const roleAllows = (role: Role, permission: Permission): boolean =>
  (allowed[permission] as readonly Role[]).includes(role);
