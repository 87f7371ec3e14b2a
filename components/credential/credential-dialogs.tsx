"use client";

import { FormDialog } from "#components/ui/form-dialog.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import type {
  CreateCredentialInput,
  CredentialDto,
  Environment,
  ShownOnce,
  UpdateCredentialInput,
} from "#lib/credential/credential.schema.ts";
import { EnvironmentField, LimitFields, limitsOf, NameFields, type ScopeChoice } from "./credential-fields.tsx";

interface NewCredentialDialogProps {
  application: { id: string; name: string };
  environment: Environment;
  apis: readonly ScopeChoice[];
  action: (input: CreateCredentialInput) => Promise<ActionAnswer<ShownOnce>>;
  onClose: () => void;
  onCreated: (shown: ShownOnce) => void;
}

/** Asks for name, description and environment of another credential; the secret comes in the answer. */
export function NewCredentialDialog({
  application,
  environment,
  apis,
  action,
  onClose,
  onCreated,
}: NewCredentialDialogProps) {
  const form = useActionForm(action, {
    read: (data): CreateCredentialInput => ({
      applicationId: application.id,
      name: textOf(data, "name"),
      description: textOf(data, "description"),
      environment: textOf(data, "environment") as Environment,
      ...limitsOf(data, apis),
    }),
    onDone: onCreated,
  });
  return (
    <FormDialog
      title="New credential"
      lead={`Another client ID and secret of ${application.name}. Those it has keep working.`}
      submit="Create credential"
      form={form}
      onClose={onClose}
    >
      <NameFields errorOf={form.errorOf} />
      <EnvironmentField defaultValue={environment} />
      <LimitFields apis={apis} errorOf={form.errorOf} />
    </FormDialog>
  );
}

interface EditCredentialDialogProps {
  credential: CredentialDto;
  apis: readonly ScopeChoice[];
  action: (input: UpdateCredentialInput) => Promise<ActionAnswer<unknown>>;
  onClose: () => void;
}

/** Name, description and limits of a credential that is there. */
export function EditCredentialDialog({ credential, apis, action, onClose }: EditCredentialDialogProps) {
  const form = useActionForm(action, {
    read: (data): UpdateCredentialInput => ({
      credentialId: credential.id,
      name: textOf(data, "name"),
      description: textOf(data, "description"),
      ...limitsOf(data, apis, credential.scope),
    }),
    onDone: onClose,
  });
  return (
    <FormDialog title={`Edit ${credential.name}`} submit="Save credential" form={form} onClose={onClose}>
      <NameFields initial={credential} errorOf={form.errorOf} />
      <LimitFields apis={apis} initial={credential} errorOf={form.errorOf} />
    </FormDialog>
  );
}
