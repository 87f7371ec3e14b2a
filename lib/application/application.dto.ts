import { credentialSelect, toCredentialDto } from "#lib/credential/credential.dto.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import type { ApplicationDto, ApplicationLine } from "./application.schema.ts";

const headSelect = {
  id: true,
  name: true,
  description: true,
  state: true,
  createdAt: true,
  organization: { select: { id: true, slug: true, name: true } },
} as const satisfies Prisma.ApplicationSelect;

/** One line of the list: only what the line shows. */
export const applicationRowSelect = {
  ...headSelect,
  credentials: { where: { kind: "standard", status: "active" }, select: { environment: true, lastUsedAt: true } },
  subscriptions: {
    where: { state: { in: ["active", "pending", "suspended"] } },
    select: {
      id: true,
      state: true,
      catalog: { select: { title: true } },
      release: { select: { title: true } },
      plan: { select: { title: true } },
    },
    orderBy: { createdAt: "asc" },
  },
} as const satisfies Prisma.ApplicationSelect;

export const applicationSelect = {
  ...headSelect,
  credentials: {
    where: { kind: "standard" },
    select: credentialSelect,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  },
} as const satisfies Prisma.ApplicationSelect;

export type ApplicationRow = Prisma.ApplicationGetPayload<{ select: typeof applicationRowSelect }>;
type ApplicationDetailRow = Prisma.ApplicationGetPayload<{ select: typeof applicationSelect }>;

export function toApplicationLine(row: ApplicationRow): ApplicationLine {
  const { credentials, subscriptions, ...head } = row;
  const used = credentials.map((c) => c.lastUsedAt?.getTime() ?? 0);
  const last = Math.max(0, ...used);
  return {
    ...head,
    environments: [...new Set(credentials.map((c) => c.environment))].sort().reverse(),
    credentials: credentials.length,
    lastUsedAt: last > 0 ? new Date(last) : null,
    subscriptions: subscriptions.map((s) => ({
      id: s.id,
      product: s.release.title,
      catalog: s.catalog.title,
      plan: s.plan.title,
      state: s.state as "active" | "pending" | "suspended",
    })),
  };
}

export function toApplicationDto(row: ApplicationDetailRow, now: Date): ApplicationDto {
  return { ...row, credentials: row.credentials.map((c) => toCredentialDto(c, now)) };
}
