"use client";

import { usePathname } from "next/navigation";
import type { CallContext } from "#lib/explore/explore.rules.ts";
import type { CallCredential } from "#lib/explore/explore.schema.ts";
import { useCaller, useExplore } from "./explore-context.tsx";

/** What the words about a refusal are made from. */
export function useCallContext(credential: CallCredential | null, clientId: string | null): CallContext {
  const { api, callers, signedIn } = useExplore();
  const caller = useCaller();
  const here = usePathname();
  const { organization, title, kind } = api.catalog;
  return {
    ref: api.ref,
    here,
    catalog: { title, kind, provider: organization.name },
    caller,
    own: callers,
    signedIn,
    byHand:
      credential?.mode === "own" ||
      credential?.mode === "token" ||
      (credential?.mode === "grant" && Boolean(credential.clientId)),
    clientId,
  };
}
