"use client";

import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { useId } from "react";
import { ApplicationSearch } from "#components/application/application-search.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { Select } from "#components/ui/select.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { Caller } from "#lib/explore/explore-view.schema.ts";
import type { CredentialNeed, Place } from "#lib/explore/request.rules.ts";
import { paths } from "#lib/paths.ts";
import { NO_TOKEN, useCaller, useExplore } from "./explore-context.tsx";
import { RequestGroup, RequestLine } from "./request-group.tsx";
import { TokenLines } from "./token-lines.tsx";

const stateWords: Record<Caller["state"], (c: Caller) => string> = {
  ready: (c) => c.plan ?? "",
  pending: (c) => `${c.plan} waits for approval`,
  suspended: () => "Suspended",
  "not-subscribed": () => "Not subscribed to this API",
};

interface CallerSectionProps {
  need: CredentialNeed;
  /** Send was pressed without the token that it wants. */
  tokenProblem: string | undefined;
}

const ways = {
  grant: "Use one of my applications",
  own: "Use my own ID and secret",
  token: "Use an access token",
} as const;

/** Call as one of the person's applications, with an ID and a secret of their own, or with a token (explore 2, 3, 28). */
export function CallerSection({ need, tokenProblem }: CallerSectionProps) {
  const { callers, choice, setChoice, signedIn } = useExplore();
  if (need.need === "none") {
    return (
      <RequestGroup title="Credential">
        <p className="text-ink-2">
          {need.authorization
            ? "The gateway asks for no credential. The API has a scheme of its own, which its backend checks."
            : "This operation asks for no credential. Anybody may call it."}
        </p>
        {need.authorization && <AuthorizationLine />}
      </RequestGroup>
    );
  }
  if (!signedIn) return <SignInNote />;
  const { mode } = choice;
  const others = (["grant", "own", "token"] as const).filter((way) => way !== mode && (way !== "token" || need.token));
  return (
    <>
      <RequestGroup
        title="Call as"
        actions={
          <span className="flex flex-wrap gap-x-4 gap-y-1">
            {others.map((way) => (
              <button key={way} type="button" className="link text-12" onClick={() => setChoice({ mode: way })}>
                {ways[way]}
              </button>
            ))}
          </span>
        }
      >
        {mode === "own" ? (
          <p className="text-ink-2">The client ID and the secret that you type.</p>
        ) : mode === "token" && choice.tokenFrom === "api-key" ? (
          <p className="text-ink-2">The application whose API key you type. It may call what its service ID allows.</p>
        ) : (
          <CallerSelect />
        )}
      </RequestGroup>
      {mode === "token" ? (
        <TokenLines problem={tokenProblem} />
      ) : (
        (mode === "own" || callers.length > 0) && <CredentialLines need={need} />
      )}
    </>
  );
}

/** Authorization for the API's own http or oauth2 scheme; the gateway hands it on as it is (gateway.md 2.5). */
function AuthorizationLine() {
  const { choice, setChoice } = useExplore();
  const id = useId();
  return (
    <RequestLine
      field="authorization"
      htmlFor={id}
      name="Authorization"
      words="The API’s own, header"
      hint="With its scheme, such as Bearer or Basic. Kept in this page only."
    >
      <TextInput
        id={id}
        mono
        type="password"
        autoComplete="new-password"
        aria-describedby={`${id}-help`}
        placeholder="Bearer …"
        value={choice.authorization}
        onChange={(event) => setChoice({ authorization: event.target.value })}
      />
    </RequestLine>
  );
}

function SignInNote() {
  const here = usePathname();
  return (
    <RequestGroup title="Call as">
      <Note tone="info" action={<LinkButton href={paths.signIn(here)}>Sign in</LinkButton>}>
        This operation asks for a client ID. Sign in to call it as one of your applications.
      </Note>
    </RequestGroup>
  );
}

function CallerSelect() {
  const { api, callers, search, setChoice } = useExplore();
  const caller = useCaller();
  if (!caller) {
    return (
      <Note tone="info" action={<LinkButton href={paths.api(api.ref)}>Choose a plan</LinkButton>}>
        There is no application that you may call as. Choose a plan and register one on the spot.
      </Note>
    );
  }
  return (
    <>
      {search && <ApplicationSearch {...search} />}
      <Select
        label="Call as"
        value={caller.id}
        onChange={(callerId) => setChoice({ callerId, override: "", token: NO_TOKEN })}
        options={callers.map((c) => ({
          value: c.id,
          label: c.label,
          note: `${c.organization}, ${stateWords[c.state](c)}`,
        }))}
      />
      {caller.state === "ready" ? (
        <p className="text-12 text-ink-3">
          {caller.organization}, {caller.plan} in {api.catalog.title}. Calls count on its plan.
        </p>
      ) : (
        <NotReady caller={caller} planHref={paths.api(api.ref)} />
      )}
    </>
  );
}

function NotReady({ caller, planHref }: { caller: Caller; planHref: string }) {
  // Short words: the name, which may be long, stands in the note already.
  const fix =
    caller.state === "not-subscribed" ? (
      <LinkButton href={planHref}>Choose a plan</LinkButton>
    ) : (
      <LinkButton href={paths.application(caller.id)}>Open the application</LinkButton>
    );
  return (
    <Note tone="warn" action={fix}>
      {caller.name}: {stateWords[caller.state](caller)}. Its calls are refused until that changes.
    </Note>
  );
}

function CredentialLines({ need }: { need: CredentialNeed }) {
  const { choice, setChoice } = useExplore();
  const caller = useCaller();
  const [idId, secretId] = [useId(), useId()];
  const own = choice.mode === "own";
  const overridden = !own && choice.override !== "";
  return (
    <RequestGroup
      title="Credential"
      aside={overridden && <Tag tone="warn">Overridden by hand</Tag>}
      actions={
        overridden && (
          <button type="button" className="link text-12" onClick={() => setChoice({ override: "" })}>
            Reset
          </button>
        )
      }
    >
      {need.clientId && (
        <RequestLine htmlFor={idId} name={need.clientId.name} words={placeWords("Client ID", need.clientId, need)}>
          <TextInput
            id={idId}
            mono
            value={own ? choice.own.clientId : choice.override}
            placeholder={own ? "Your client ID" : `Filled in for ${caller?.name ?? "your application"}`}
            onChange={(event) => {
              const clientId = event.target.value;
              setChoice(own ? { own: { ...choice.own, clientId } } : { override: clientId });
            }}
          />
        </RequestLine>
      )}
      {need.clientSecret && (
        <RequestLine
          htmlFor={secretId}
          name={need.clientSecret.name}
          words={placeWords("Client secret", need.clientSecret, need)}
          hint={
            own
              ? "Kept in this page only. Gone when you close it."
              : "Attached by the portal for ten minutes. It never reaches this page."
          }
        >
          <TextInput
            id={secretId}
            mono
            type="password"
            // Browsers offer to store what looks like a password of this site; this is none.
            autoComplete="new-password"
            disabled={!own}
            aria-describedby={`${secretId}-help`}
            value={own ? choice.own.clientSecret : ""}
            placeholder={own ? "Your client secret" : "••••••••••••••••"}
            onChange={(event) => setChoice({ own: { ...choice.own, clientSecret: event.target.value } })}
          />
        </RequestLine>
      )}
      {need.authorization && <AuthorizationLine />}
      {!own && !need.clientSecret && (
        <p className="text-12 text-ink-3">
          This API asks for the ID alone: it names the caller and proves nothing.{" "}
          {caller && (
            <NextLink className="link" href={paths.application(caller.id)}>
              {caller.name}
            </NextLink>
          )}
        </p>
      )}
    </RequestGroup>
  );
}

const placeWords = (what: string, place: Place, { need }: CredentialNeed) => (
  <>
    {what}, {place.in}, <span className="font-550 text-ink-2">{need}</span>
  </>
);
