import NextLink from "next/link";
import { LinkButton } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { environmentTitle } from "#lib/credential/credential.rules.ts";
import { liveWords } from "#lib/gateway-feed/live.rules.ts";
import { paths } from "#lib/paths.ts";
import type { Requested, SubscribeColumnProps } from "./subscribe-column.tsx";

interface SubscribedNoteProps {
  applicationId: string;
  requested: Requested;
  api: SubscribeColumnProps["api"];
  /** Whether the application has a credential for the environment of the catalog. */
  callsHere: boolean;
}

/** What holds after a request, and the next step: to call, to wait, or to make a credential first. */
export function SubscribedNote({ applicationId, requested, api, callsHere }: SubscribedNoteProps) {
  const { application, plan, replaced, state, live } = requested;
  const environment = environmentTitle[api.environment];
  return (
    <div role="status" className="grid gap-2">
      {state === "pending" ? (
        <Note tone="info" title={`${application} has asked for ${plan}.`}>
          {api.provider} decides. You can withdraw the request on the{" "}
          <NextLink className="link" href={paths.application(applicationId)}>
            page of {application}
          </NextLink>
          .
        </Note>
      ) : (
        <Note tone="ok" title={`${application} has ${plan}.`}>
          {replaced && `It replaces ${replaced}. `}
          {liveWords(live)}
        </Note>
      )}
      {!callsHere && (
        <Note
          tone="warn"
          action={<LinkButton href={`${paths.application(applicationId)}#credentials`}>Create one</LinkButton>}
        >
          This API is in {environment}; {application} has no {environment} credential yet.
        </Note>
      )}
      {state === "active" && (
        <div className="flex flex-wrap gap-2">
          <LinkButton href={api.exploreHref}>Call it in Explore</LinkButton>
          <LinkButton variant="ghost" href={paths.application(applicationId)} className="md:whitespace-normal!">
            Open {application}
          </LinkButton>
        </div>
      )}
    </div>
  );
}
