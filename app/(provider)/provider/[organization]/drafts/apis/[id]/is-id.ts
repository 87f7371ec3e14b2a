import { z } from "zod";
import { notFound } from "#lib/errors/app-error.ts";

/** An ID from the address. What is none is as absent as a random one. */
export function isId(text: string): string {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw notFound();
  return id.data;
}
