"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Note } from "#components/ui/note.tsx";
import { Section } from "#components/ui/section.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { environmentTitle } from "#lib/credential/credential.rules.ts";
import type {
  CreateCredentialInput,
  CredentialDto,
  CredentialRef,
  Environment,
  ShownOnce,
  UpdateCredentialInput,
} from "#lib/credential/credential.schema.ts";
import { shortClientId } from "#lib/format.ts";
import { type LiveState, liveWords } from "#lib/gateway-feed/live.rules.ts";
import { EditCredentialDialog, NewCredentialDialog } from "./credential-dialogs.tsx";
import type { ScopeChoice } from "./credential-fields.tsx";
import { CredentialsTable } from "./credentials-table.tsx";
import { SecretDialog } from "./secret-dialog.tsx";

export interface CredentialActions {
  create: (input: CreateCredentialInput) => Promise<ActionAnswer<ShownOnce>>;
  update: (input: UpdateCredentialInput) => Promise<ActionAnswer<unknown>>;
  reset: (input: CredentialRef) => Promise<ActionAnswer<ShownOnce>>;
  revoke: (input: CredentialRef) => Promise<ActionAnswer<{ name: string; live: LiveState }>>;
}

interface CredentialsSectionProps {
  application: { id: string; name: string };
  credentials: CredentialDto[];
  /** Environments in which it has subscriptions but no credential that works, with the API that shows it. */
  missing: { environment: Environment; api: string }[];
  /** APIs that the application is subscribed to: what a credential can be narrowed to. */
  apis: readonly ScopeChoice[];
  /** False for a role that may look only; the buttons are then absent. */
  mayWrite: boolean;
  actions: CredentialActions;
}

type Deed =
  | { kind: "create"; environment: Environment }
  | { kind: "edit" | "reset" | "revoke"; credential: CredentialDto }
  | { kind: "show"; shown: ShownOnce };

/** The credentials of an application with all that can be done to them (S44, S120-128). */
export function CredentialsSection(props: CredentialsSectionProps) {
  const { application, credentials, missing, apis, mayWrite, actions } = props;
  const router = useRouter();
  const [deed, setDeed] = useState<Deed>();
  /** The credential whose row gets the focus, after its secret was shown: what opened the dialog may be gone. */
  const [landing, setLanding] = useState<string>();
  // A reset's confirmation closes after the new secret has taken its place: that must not take the secret away.
  const close = () => setDeed((now) => (now?.kind === "show" ? now : undefined));
  const show = (shown: ShownOnce) => {
    setDeed({ kind: "show", shown });
    setLanding(undefined);
    router.refresh();
  };
  const create = (environment: Environment) => setDeed({ kind: "create", environment });
  const button = (label: string, environment: Environment, variant: "primary" | "line" = "line") => (
    <Button variant={variant} icon={<Plus aria-hidden="true" />} onClick={() => create(environment)}>
      {label}
    </Button>
  );

  return (
    <Section
      id="credentials"
      title="Credentials"
      note="A client ID may be shared with your team. The secret cannot be shown again."
      actions={mayWrite && button("New credential", missing[0]?.environment ?? "sandbox", "primary")}
    >
      {missing.map(({ environment, api }) => (
        <Note
          key={environment}
          tone="warn"
          className="mb-3"
          title={`No credential for ${environmentTitle[environment]}.`}
          action={mayWrite && button(`Create a ${environmentTitle[environment]} credential`, environment)}
        >
          {api} is in {environmentTitle[environment]}; the IDs that {application.name} has are not registered there.
        </Note>
      ))}
      {credentials.length === 0 ? (
        <EmptyState title="No credentials yet">
          A client ID and a secret identify {application.name} in each call. It needs one before it can call an API.
        </EmptyState>
      ) : (
        <CredentialsTable
          credentials={credentials}
          mayWrite={mayWrite}
          landing={landing}
          onDeed={(kind, credential) => setDeed({ kind, credential })}
        />
      )}
      {deed?.kind === "create" && (
        <NewCredentialDialog
          application={application}
          environment={deed.environment}
          apis={apis}
          action={actions.create}
          onClose={close}
          onCreated={show}
        />
      )}
      {deed?.kind === "edit" && (
        <EditCredentialDialog
          credential={deed.credential}
          apis={apis}
          action={actions.update}
          onClose={() => {
            close();
            router.refresh();
          }}
        />
      )}
      {(deed?.kind === "reset" || deed?.kind === "revoke") && (
        <EndDialog
          kind={deed.kind}
          credential={deed.credential}
          onClose={close}
          run={async () => {
            const ref = { credentialId: deed.credential.id };
            if (deed.kind === "reset") {
              const answer = await actions.reset(ref);
              if (answer.ok) show(answer.data);
              return answer.ok ? undefined : answer.message;
            }
            const answer = await actions.revoke(ref);
            if (!answer.ok) return answer.message;
            toast(`${answer.data.name} is revoked. ${liveWords(answer.data.live)}`);
            router.refresh();
          }}
        />
      )}
      {deed?.kind === "show" && (
        <SecretDialog
          shown={deed.shown}
          name={deed.shown.name}
          onDone={() => {
            setDeed(undefined);
            setLanding(deed.shown.credentialId);
          }}
        />
      )}
    </Section>
  );
}

interface EndDialogProps {
  kind: "reset" | "revoke";
  credential: CredentialDto;
  run: () => Promise<string | undefined>;
  onClose: () => void;
}

/** Ending a secret says what stops working before it does. */
function EndDialog({ kind, credential, run, onClose }: EndDialogProps) {
  const { name, clientId } = credential;
  const words =
    kind === "reset"
      ? `Calls with the old secret are refused at once. The client ID ${shortClientId(clientId)} stays. For a change without an outage, create a second credential, switch, then revoke this one.`
      : `Calls with the client ID ${shortClientId(clientId)} are refused at once, for good. Other credentials of the application keep working.`;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={kind === "reset" ? `Reset the secret of ${name}?` : `Revoke ${name}?`}
      stops={words}
      confirm={kind === "reset" ? "Reset secret" : `Revoke ${name}`}
      action={run}
    />
  );
}
