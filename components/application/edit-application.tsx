"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
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
    <FormDialog title={`Edit ${application.name}`} submit="Save application" form={form} onClose={onClose}>
      <Field label="Name" name="name" error={form.errorOf("name")}>
        <TextInput defaultValue={application.name} maxLength={80} autoFocus />
      </Field>
      <Field label="Description" name="description" optional error={form.errorOf("description")}>
        <TextArea defaultValue={application.description} rows={2} maxLength={500} />
      </Field>
    </FormDialog>
  );
}
