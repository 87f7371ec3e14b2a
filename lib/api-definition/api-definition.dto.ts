import type { Finding, OutlineOperation } from "./compiled.ts";

/** A row of the list of drafts. */
export interface ApiDefinitionRow {
  id: string;
  title: string;
  name: string;
  version: string;
  basePath: string;
  format: string;
  operationCount: number;
  /** Findings of severity error: it cannot be published as it is. */
  errorCount: number;
  updatedAt: Date;
  /** Titles of the catalogs in which it is live. */
  liveIn: string[];
}

/** A draft without its text. */
export interface ApiDefinitionDto {
  id: string;
  organizationId: string;
  organizationSlug: string;
  spaceId: string;
  /** First segment of its gateway address. */
  pathPrefix: string;
  title: string;
  name: string;
  version: string;
  basePath: string;
  format: string;
  sourceVersion: number;
  outline: OutlineOperation[];
  createdAt: Date;
  updatedAt: Date;
}

export const apiSelect = {
  id: true,
  spaceId: true,
  space: { select: { organizationId: true, pathPrefix: true, organization: { select: { slug: true } } } },
  title: true,
  name: true,
  version: true,
  basePath: true,
  format: true,
  sourceVersion: true,
  outline: true,
  createdAt: true,
  updatedAt: true,
} as const;

interface ApiRow extends Omit<ApiDefinitionDto, "organizationId" | "organizationSlug" | "pathPrefix" | "outline"> {
  space: { organizationId: string; pathPrefix: string; organization: { slug: string } };
  outline: unknown;
}

export function toApiDefinition({ space, ...row }: ApiRow): ApiDefinitionDto {
  return {
    ...row,
    organizationId: space.organizationId,
    organizationSlug: space.organization.slug,
    pathPrefix: space.pathPrefix,
    outline: outlineFrom(row.outline),
  };
}

// Both columns are written by this folder only, in these shapes.
export const outlineFrom = (json: unknown): OutlineOperation[] => json as OutlineOperation[];
export const findingsFrom = (json: unknown): Finding[] => json as Finding[];
