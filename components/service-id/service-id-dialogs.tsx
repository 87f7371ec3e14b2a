"use client";

import { EnvironmentField, NameFields, type ScopeChoice } from "#components/credential/credential-fields.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import type { Environment } from "#lib/credential/credential.schema.ts";
import type {
  ApiKeyShown,
  CreateApiKeyInput,
  CreateServiceIdInput,
  ServiceIdDto,
  UpdateServiceIdInput,
} from "#lib/service-id/service-id.schema.ts";

/** What both dialogs of a service ID read from their form. */
const policyOf = (data: FormData) => ({
  name: textOf(data, "name"),
  description: textOf(data, "description"),
  scope: data.getAll("scope").filter((entry) => typeof entry === "string"),
});

interface PolicyFieldProps {
  apis: readonly ScopeChoice[];
  chosen?: readonly string[];
  error: string | undefined;
}

/** The APIs that a service ID may call; none is no permission (S112, S113). */
function PolicyField({ apis, chosen = [], error }: PolicyFieldProps) {
  return (
    <Field
      label="May call"
      name="scope"
      group
      error={error}
      hint={
        apis.length > 0
          ? "Tick what this program needs and nothing more. None: it may call nothing."
          : "The application is not subscribed to an API yet; until then it may call nothing."
      }
    >
      <fieldset aria-label="APIs">
        {apis.map(({ id, title }) => (
          <Checkbox key={id} value={id} defaultChecked={chosen.includes(id)}>
            {title}
          </Checkbox>
        ))}
      </fieldset>
    </Field>
  );
}

interface NewServiceIdDialogProps {
  application: { id: string; name: string };
  apis: readonly ScopeChoice[];
  action: (input: CreateServiceIdInput) => Promise<ActionAnswer<{ name: string }>>;
  onClose: () => void;
  onCreated: (made: { name: string }) => void;
}

/** Asks for name, description and policy of another service ID (S118). */
export function NewServiceIdDialog({ application, apis, action, onClose, onCreated }: NewServiceIdDialogProps) {
  const form = useActionForm(action, {
    read: (data): CreateServiceIdInput => ({ applicationId: application.id, ...policyOf(data) }),
    onDone: onCreated,
  });
  return (
    <FormDialog
      title="New service ID"
      lead={`An identity for one program of ${application.name}. It belongs to no person, and gets keys of its own.`}
      submit="Create service ID"
      form={form}
      onClose={onClose}
    >
      <NameFields errorOf={form.errorOf} />
      <PolicyField apis={apis} error={form.errorOf("scope")} />
    </FormDialog>
  );
}

interface EditServiceIdDialogProps {
  serviceId: ServiceIdDto;
  apis: readonly ScopeChoice[];
  action: (input: UpdateServiceIdInput) => Promise<ActionAnswer<unknown>>;
  onClose: () => void;
}

/** Name, description and policy of one that is there. What it may call already stays on offer. */
export function EditServiceIdDialog({ serviceId, apis, action, onClose }: EditServiceIdDialogProps) {
  const form = useActionForm(action, {
    read: (data): UpdateServiceIdInput => ({ serviceIdId: serviceId.id, ...policyOf(data) }),
    onDone: onClose,
  });
  const offered = [...apis, ...serviceId.apis.filter(({ id }) => !apis.some((api) => api.id === id))];
  return (
    <FormDialog title={`Edit ${serviceId.name}`} submit="Save service ID" form={form} onClose={onClose}>
      <NameFields initial={serviceId} errorOf={form.errorOf} />
      <PolicyField apis={offered} chosen={serviceId.apis.map(({ id }) => id)} error={form.errorOf("scope")} />
    </FormDialog>
  );
}

interface NewApiKeyDialogProps {
  serviceId: ServiceIdDto;
  action: (input: CreateApiKeyInput) => Promise<ActionAnswer<ApiKeyShown>>;
  onClose: () => void;
  onCreated: (shown: ApiKeyShown) => void;
}

/** Asks for name, description and environment of another key; the key comes in the answer (S122). */
export function NewApiKeyDialog({ serviceId, action, onClose, onCreated }: NewApiKeyDialogProps) {
  const form = useActionForm(action, {
    read: (data): CreateApiKeyInput => ({
      serviceIdId: serviceId.id,
      name: textOf(data, "name"),
      description: textOf(data, "description"),
      environment: textOf(data, "environment") as Environment,
    }),
    onDone: onCreated,
  });
  return (
    <FormDialog
      title="New API key"
      lead={
        serviceId.keys.some(({ state }) => state === "active")
          ? `Another key of ${serviceId.name}. Those it has keep working: switch to the new one, then revoke the old.`
          : `${serviceId.name} calls APIs with it.`
      }
      submit="Create API key"
      form={form}
      onClose={onClose}
    >
      <NameFields errorOf={form.errorOf} />
      <EnvironmentField defaultValue="sandbox" />
    </FormDialog>
  );
}
