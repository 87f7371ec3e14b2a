"use client";

import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogEnd } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import type {
  CreateCredentialInput,
  CredentialDto,
  Environment,
  ShownOnce,
  UpdateCredentialInput,
} from "#lib/credential/credential.schema.ts";
import { EnvironmentField, NameFields } from "./credential-fields.tsx";

interface NewCredentialDialogProps {
  application: { id: string; name: string };
  environment: Environment;
  action: (input: CreateCredentialInput) => Promise<ActionAnswer<ShownOnce>>;
  onClose: () => void;
  onCreated: (shown: ShownOnce) => void;
}

/** Asks for name, description and environment of another credential; the secret comes in the answer. */
export function NewCredentialDialog({
  application,
  environment,
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
    }),
    onDone: onCreated,
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New credential"
      lead={`Another client ID and secret of ${application.name}. Those it has keep working.`}
    >
      <form onSubmit={form.onSubmit} noValidate>
        <DialogBody>
          <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
          <NameFields errorOf={form.errorOf} />
          <EnvironmentField defaultValue={environment} />
        </DialogBody>
        <DialogEnd>
          <Button variant="ghost" size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" size="lg" busy={form.pending}>
            Create credential
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

interface EditCredentialDialogProps {
  credential: CredentialDto;
  action: (input: UpdateCredentialInput) => Promise<ActionAnswer<unknown>>;
  onClose: () => void;
}

/** Name and description of a credential that is there. */
export function EditCredentialDialog({ credential, action, onClose }: EditCredentialDialogProps) {
  const form = useActionForm(action, {
    read: (data): UpdateCredentialInput => ({
      credentialId: credential.id,
      name: textOf(data, "name"),
      description: textOf(data, "description"),
    }),
    onDone: onClose,
  });
  return (
    <Dialog open onOpenChange={onClose} title={`Edit ${credential.name}`}>
      <form onSubmit={form.onSubmit} noValidate>
        <DialogBody>
          <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
          <NameFields initial={credential} errorOf={form.errorOf} />
        </DialogBody>
        <DialogEnd>
          <Button variant="ghost" size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" size="lg" busy={form.pending}>
            Save credential
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
