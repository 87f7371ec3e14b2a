import { randomBytes } from "node:crypto";
import { v7 } from "uuid";

/** A primary key: UUIDv7, so that rows of one table sort by creation. */
export const newId = (): string => v7();

/** A client ID: 32 lower-case hex characters, public (S102). */
export const newClientId = (): string => randomBytes(16).toString("hex");

/** URL-safe form of a title: lower case, digits, single hyphens, at most 60 characters; "" when nothing is left. */
export function slugify(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
}
