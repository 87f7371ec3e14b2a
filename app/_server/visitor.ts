import "server-only";
import { headers } from "next/headers";
import type { Visitor } from "#lib/identity/sign-in.ts";
import { sessionId } from "./auth.ts";
import { clientAddress } from "./client-address.ts";

/** Who asks to sign in: address, browser, and the session that its cookie already has. */
export async function currentVisitor(): Promise<Visitor> {
  const given = await headers();
  return {
    address: clientAddress(given),
    userAgent: given.get("user-agent") ?? "",
    sessionId: await sessionId(),
  };
}
