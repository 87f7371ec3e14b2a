"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ScopeChoice } from "#components/credential/credential-fields.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { Section } from "#components/ui/section.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { plural } from "#lib/format.ts";
import { type LiveState, liveWords } from "#lib/gateway-feed/live.rules.ts";
import type {
  ApiKeyDto,
  ApiKeyRef,
  ApiKeyShown,
  CreateApiKeyInput,
  CreateServiceIdInput,
  ServiceIdDto,
  ServiceIdRef,
  UpdateServiceIdInput,
} from "#lib/service-id/service-id.schema.ts";
import { ApiKeyDialog } from "./api-key-dialog.tsx";
import { ApiKeysTable } from "./api-keys-table.tsx";
import { EditServiceIdDialog, NewApiKeyDialog, NewServiceIdDialog } from "./service-id-dialogs.tsx";

interface Ended {
  name: string;
  live: LiveState | null;
}

export interface ServiceIdActions {
  create: (input: CreateServiceIdInput) => Promise<ActionAnswer<{ name: string }>>;
  update: (input: UpdateServiceIdInput) => Promise<ActionAnswer<unknown>>;
  remove: (input: ServiceIdRef) => Promise<ActionAnswer<Ended>>;
  createKey: (input: CreateApiKeyInput) => Promise<ActionAnswer<ApiKeyShown>>;
  revokeKey: (input: ApiKeyRef) => Promise<ActionAnswer<Ended>>;
}

interface ServiceIdsSectionProps {
  application: { id: string; name: string };
  serviceIds: ServiceIdDto[];
  /** APIs that the application is subscribed to: what a policy can name. */
  apis: readonly ScopeChoice[];
  mayWrite: boolean;
  actions: ServiceIdActions;
}

type Deed =
  | { kind: "create" }
  | { kind: "edit" | "delete" | "create-key"; serviceId: ServiceIdDto }
  | { kind: "revoke-key"; key: ApiKeyDto }
  | { kind: "show"; shown: ApiKeyShown };

/** The service IDs of an application, with their keys and what they may call (S110-S129). */
export function ServiceIdsSection({ application, serviceIds, apis, mayWrite, actions }: ServiceIdsSectionProps) {
  const router = useRouter();
  const [deed, setDeed] = useState<Deed>();
  /** The key whose row gets the focus, after it was shown: the button that opened the first dialog is behind it. */
  const [landing, setLanding] = useState<string>();
  const close = () => setDeed(undefined);
  const done = (words?: string) => {
    close();
    if (words) toast(words);
    router.refresh();
  };
  const end = async (answer: ActionAnswer<Ended>, words: (name: string) => string) => {
    if (!answer.ok) return answer.message;
    const { name, live } = answer.data;
    toast(`${words(name)} ${live ? liveWords(live) : ""}`.trim());
    router.refresh();
  };

  return (
    <Section
      id="service-ids"
      title="Service IDs"
      note="For one program each: keys of its own, and only the APIs that it needs."
      actions={
        mayWrite && (
          <Button icon={<Plus aria-hidden="true" />} onClick={() => setDeed({ kind: "create" })}>
            New service ID
          </Button>
        )
      }
    >
      {serviceIds.length === 0 ? (
        <EmptyState title="No service IDs yet">
          A service ID is an identity for a program, not for a person: it stays when people leave, and a lost key of it
          exposes only the APIs that it was given.
        </EmptyState>
      ) : (
        serviceIds.map((serviceId) => (
          <ServiceIdCard
            key={serviceId.id}
            serviceId={serviceId}
            mayWrite={mayWrite}
            landing={landing}
            onDeed={(kind) => setDeed({ kind, serviceId })}
            onRevoke={(key) => setDeed({ kind: "revoke-key", key })}
          />
        ))
      )}
      {deed?.kind === "create" && (
        <NewServiceIdDialog
          application={application}
          apis={apis}
          action={actions.create}
          onClose={close}
          onCreated={({ name }) => done(`${name} is there. Create an API key for it.`)}
        />
      )}
      {deed?.kind === "edit" && (
        <EditServiceIdDialog
          serviceId={deed.serviceId}
          apis={apis}
          action={actions.update}
          onClose={() => {
            close();
            router.refresh();
          }}
        />
      )}
      {deed?.kind === "create-key" && (
        <NewApiKeyDialog
          serviceId={deed.serviceId}
          action={actions.createKey}
          onClose={close}
          onCreated={(shown) => {
            setDeed({ kind: "show", shown });
            router.refresh();
          }}
        />
      )}
      {deed?.kind === "show" && (
        <ApiKeyDialog
          shown={deed.shown}
          onDone={() => {
            close();
            setLanding(deed.shown.apiKeyId);
          }}
        />
      )}
      {deed?.kind === "revoke-key" && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`Revoke ${deed.key.name}?`}
          stops="Calls with this key and with the tokens made from it are refused at once, for good. Other keys keep working."
          confirm={`Revoke ${deed.key.name}`}
          action={async () => end(await actions.revokeKey({ apiKeyId: deed.key.id }), (name) => `${name} is revoked.`)}
        />
      )}
      {deed?.kind === "delete" && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={`Delete ${deed.serviceId.name}?`}
          stops={`${plural(active(deed.serviceId), "active key")} and the tokens made from them stop at once, for good.`}
          confirm={`Delete ${deed.serviceId.name}`}
          action={async () =>
            end(await actions.remove({ serviceIdId: deed.serviceId.id }), (name) => `${name} is deleted.`)
          }
        />
      )}
    </Section>
  );
}

const active = ({ keys }: ServiceIdDto): number => keys.filter(({ state }) => state === "active").length;

interface ServiceIdCardProps {
  serviceId: ServiceIdDto;
  mayWrite: boolean;
  landing: string | undefined;
  onDeed: (kind: "edit" | "delete" | "create-key") => void;
  onRevoke: (key: ApiKeyDto) => void;
}

/** One service ID: what it may call, then its keys. */
function ServiceIdCard({ serviceId, mayWrite, landing, onDeed, onRevoke }: ServiceIdCardProps) {
  const { name, description, apis, keys } = serviceId;
  return (
    <article aria-label={name} className="mb-6">
      <div className="mb-2 flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1">
          <h3 className="text-15 font-semibold wrap-anywhere">{name}</h3>
          {description && <p className="text-12 text-ink-3 wrap-anywhere">{description}</p>}
          <p className="mt-1 flex flex-wrap items-center gap-1 text-12 text-ink-2">
            {apis.length === 0 ? (
              <Tag tone="warn">May call nothing: choose its APIs</Tag>
            ) : (
              <>
                May call{" "}
                {apis.map(({ id, title }) => (
                  <Tag key={id}>{title}</Tag>
                ))}
              </>
            )}
          </p>
        </div>
        {mayWrite && (
          <div className="flex items-center gap-2">
            <Button size="sm" icon={<Plus aria-hidden="true" />} onClick={() => onDeed("create-key")}>
              New API key
            </Button>
            <Menu
              label={`Actions for ${name}`}
              entries={[
                { label: "Edit name and APIs…", onAction: () => onDeed("edit") },
                { label: "Delete…", danger: true, onAction: () => onDeed("delete") },
              ]}
            />
          </div>
        )}
      </div>
      {keys.length === 0 ? (
        <p className="text-12 text-ink-3">No key yet. It needs one before it can call an API.</p>
      ) : (
        <ApiKeysTable name={name} keys={keys} mayWrite={mayWrite} landing={landing} onRevoke={onRevoke} />
      )}
    </article>
  );
}
