"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { FindApplications } from "#components/application/application-search.tsx";
import type { ReadCause } from "#components/call/recorded-cause.tsx";
import type { Caller, ExploreApi, ExploreOperationLine } from "#lib/explore/explore-view.schema.ts";
import type { Part } from "#lib/page.rules.ts";

export type Pane = "operations" | "request" | "response";

/** Who the calls are made as. It outlives the change of operation; what was typed, and an access token, live in this page's memory only. */
export interface CallerChoice {
  mode: "grant" | "own" | "token";
  callerId: string | null;
  /** A client ID typed over the one that the portal fills in. */
  override: string;
  own: { clientId: string; clientSecret: string };
  token: HeldToken;
  /** What "Get token" makes it from. */
  tokenFrom: "application" | "api-key";
  /** What the API's own http or oauth2 scheme is sent. */
  authorization: string;
}

/** An access token, in this page's memory only. */
export interface HeldToken {
  value: string;
  /** By this browser's clock; null: typed by hand, so nobody knows. */
  expiresAtMs: number | null;
}

export const NO_TOKEN: HeldToken = { value: "", expiresAtMs: null };

interface ExploreState {
  api: ExploreApi;
  operations: ExploreOperationLine[];
  /** Those that the picker holds. */
  callers: Caller[];
  /** The picker's search, where it does not hold all. */
  search: { listed: number; find: FindApplications<Caller>; onFound: (rows: Caller[] | null) => void } | null;
  signedIn: boolean;
  readCause: ReadCause;
  choice: CallerChoice;
  setChoice: (change: Partial<CallerChoice>) => void;
  pane: Pane;
  setPane: (pane: Pane) => void;
}

const Context = createContext<ExploreState | null>(null);

export function useExplore(): ExploreState {
  const state = useContext(Context);
  if (!state) throw new Error("useExplore stands inside of ExploreProvider");
  return state;
}

interface ExploreProviderProps extends Pick<ExploreState, "api" | "operations" | "signedIn" | "readCause"> {
  callers: Part<Caller>;
  findCallers: FindApplications<Caller>;
  children: ReactNode;
}

/** What the three columns share. */
export function ExploreProvider(props: ExploreProviderProps) {
  const { api, operations, callers: listed, findCallers, signedIn, readCause, children } = props;
  const [pane, setPane] = useState<Pane>("request");
  const [choice, change] = useState<CallerChoice>({
    mode: "grant",
    callerId: listed.rows[0]?.id ?? null,
    override: "",
    own: { clientId: "", clientSecret: "" },
    token: NO_TOKEN,
    tokenFrom: "application",
    authorization: "",
  });
  const [found, setFound] = useState<Caller[] | null>(null);
  const [kept, setKept] = useState<Caller>();
  const { callerId } = choice;
  const callers = useMemo(() => {
    const others = found ?? listed.rows;
    // Who is chosen stays, also while the search holds others.
    return kept?.id === callerId && !others.some(({ id }) => id === callerId) ? [kept, ...others] : others;
  }, [found, listed, kept, callerId]);
  const onFound = useCallback(
    (rows: Caller[] | null) => {
      setKept((before) => callers.find(({ id }) => id === callerId) ?? before);
      setFound(rows);
    },
    [callers, callerId],
  );
  const search = useMemo(
    () => (listed.more ? { listed: listed.rows.length, find: findCallers, onFound } : null),
    [listed, findCallers, onFound],
  );
  const value = useMemo(
    () => ({
      ...{ api, operations, callers, search, signedIn, readCause, choice, pane, setPane },
      setChoice: (part: Partial<CallerChoice>) => change((now) => ({ ...now, ...part })),
    }),
    [api, operations, callers, search, signedIn, readCause, choice, pane],
  );
  return <Context value={value}>{children}</Context>;
}

/** The application that is chosen; null when there is none. */
export function useCaller(): Caller | null {
  const { callers, choice } = useExplore();
  return callers.find((caller) => caller.id === choice.callerId) ?? callers[0] ?? null;
}
