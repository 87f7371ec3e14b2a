"use client";

import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogBody, DialogEnd } from "./dialog.tsx";
import { FormErrorSummary } from "./form-error-summary.tsx";
import type { useActionForm } from "./use-action-form.ts";

interface FormDialogProps {
  title: string;
  /** One sentence under the title. */
  lead?: string;
  /** Verb + noun: "Save credential". */
  submit: string;
  form: Pick<ReturnType<typeof useActionForm>, "errors" | "pending" | "onSubmit">;
  onClose: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A form over the page: what was refused on top, the fields, Cancel and one deed. Render it to open it. */
export function FormDialog({ title, lead, submit, form, onClose, children }: FormDialogProps) {
  return (
    <Dialog open onOpenChange={onClose} title={title} lead={lead}>
      <form onSubmit={form.onSubmit} noValidate>
        <DialogBody>
          <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
          {children}
        </DialogBody>
        <DialogEnd>
          <Button variant="ghost" size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" size="lg" busy={form.pending}>
            {submit}
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
