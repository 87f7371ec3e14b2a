"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogEnd } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import type { UpdateApplicationInput } from "#lib/application/application.schema.ts";

interface EditApplicationProps {
  application: { id: string; name: string; description: string };
  action: (input: UpdateApplicationInput) => Promise<ActionAnswer<unknown>>;
}

/** The button "Edit" with its dialog: name and description. */
export function EditApplication({ application, action }: EditApplicationProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Edit
      </Button>
      {open && <EditDialog application={application} action={action} onClose={() => setOpen(false)} />}
    </>
  );
}

function EditDialog({ application, action, onClose }: EditApplicationProps & { onClose: () => void }) {
  const router = useRouter();
  const form = useActionForm(action, {
    read: (data): UpdateApplicationInput => ({
      applicationId: application.id,
      name: textOf(data, "name"),
      description: textOf(data, "description"),
    }),
    onDone: () => {
      onClose();
      router.refresh();
    },
  });
  return (
    <Dialog open onOpenChange={onClose} title={`Edit ${application.name}`}>
      <form onSubmit={form.onSubmit} noValidate>
        <DialogBody>
          <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
          <Field label="Name" name="name" error={form.errorOf("name")}>
            <TextInput defaultValue={application.name} maxLength={80} autoFocus />
          </Field>
          <Field label="Description" name="description" optional error={form.errorOf("description")}>
            <TextArea defaultValue={application.description} rows={2} maxLength={500} />
          </Field>
        </DialogBody>
        <DialogEnd>
          <Button variant="ghost" size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" size="lg" busy={form.pending}>
            Save application
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
