"use client";

import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { useCaller, useExplore } from "./explore-context.tsx";
import { fetchToken } from "./fetch-token.ts";
import { RequestGroup, RequestLine } from "./request-group.tsx";
import { useSecondsLeft } from "./use-seconds-left.ts";

/** An access token in place of ID and secret (W5): got at the gateway's /oidc/token, or pasted; shown with its end. */
export function TokenLines({ problem }: { problem?: string | undefined }) {
  const { api, choice, setChoice } = useExplore();
  const caller = useCaller();
  const [tokenId, keyId] = [useId(), useId()];
  const [apiKey, setApiKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const { tokenFrom: source } = choice;
  const { value, expiresAtMs } = choice.token;
  const left = useSecondsLeft(expiresAtMs);

  const getToken = async () => {
    setBusy(true);
    setRefused(null);
    const from =
      source === "api-key"
        ? { kind: "api-key" as const, apiKey }
        : { kind: "application" as const, applicationId: caller?.id ?? "" };
    const answer = await fetchToken({ api: { ...api.ref, version: api.version }, from });
    setBusy(false);
    if (answer.ok) setChoice({ token: answer.token });
    else setRefused(answer.message);
  };

  return (
    <RequestGroup title="Credential">
      <RequestLine
        field="get-token"
        htmlFor={keyId}
        name="/oidc/token"
        words="What the token is made from"
        error={refused}
        hint={
          source === "api-key"
            ? "Sent to the gateway for the token and kept nowhere."
            : `The portal asks for it as ${caller?.name ?? "your application"}; no secret reaches this page.`
        }
      >
        <div className="grid justify-items-start gap-2">
          <Segmented
            label="What the token is made from"
            name="token-source"
            value={source}
            onChange={(next) => {
              setChoice({ tokenFrom: next as typeof source });
              setRefused(null);
            }}
            choices={[
              { value: "application", label: "Application" },
              { value: "api-key", label: "API key" },
            ]}
          />
          {source === "api-key" && (
            <TextInput
              id={keyId}
              mono
              type="password"
              autoComplete="new-password"
              aria-label="API key"
              aria-describedby={`${keyId}-help`}
              placeholder="psk_…"
              value={apiKey}
              onChange={(event) => setApiKey(event.target.value)}
            />
          )}
          <Button busy={busy} disabled={source === "application" && caller?.state !== "ready"} onClick={getToken}>
            {value === "" ? "Get token" : "Get a new token"}
          </Button>
        </div>
      </RequestLine>
      <RequestLine
        field="token"
        htmlFor={tokenId}
        name="Authorization"
        words="Bearer token, header"
        error={problem ?? (left === 0 ? "This token has expired. Get a new one." : undefined)}
        hint={
          left === null
            ? "Kept in this page only. Gone when you close it."
            : `Expires in ${inWords(left)}. Kept in this page only.`
        }
      >
        <TextInput
          id={tokenId}
          mono
          type="password"
          autoComplete="new-password"
          aria-invalid={problem || left === 0 ? true : undefined}
          aria-describedby={`${tokenId}-help`}
          placeholder="Get a token, or paste one"
          value={value}
          onChange={(event) => setChoice({ token: { value: event.target.value.trim(), expiresAtMs: null } })}
        />
      </RequestLine>
      <p role="status" className="sr-only">
        {value !== "" && left !== null && left > 0 ? "There is an access token." : ""}
      </p>
    </RequestGroup>
  );
}

/** "14 min 59 s", "42 s" */
const inWords = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
