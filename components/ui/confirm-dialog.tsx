"use client";

import { type ReactNode, useId, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogBody, DialogEnd } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Note } from "./note.tsx";
import { SubmitButton } from "./submit-button.tsx";
import { TextInput } from "./text-input.tsx";

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** "Delete Storefront?" */
  title: string;
  /** What stops working, with numbers: "2 credentials stop at once; 19,101 calls came in the last day." */
  stops: ReactNode;
  /** Verb + noun: "Delete Storefront". */
  confirm: string;
  /** In place of "Cancel", where the deed itself is a cancellation. */
  keep?: string;
  /** For something in use: the name to type before the button works. */
  typeName?: string;
  /** A server action or a function. The dialog closes when it returns nothing, and shows the text that it returns. */
  action: (form: FormData) => Promise<string | undefined> | Promise<void>;
  /** Hidden inputs. */
  fields?: Record<string, string>;
  /** A field of the deed itself, above the name to type. */
  children?: ReactNode;
}

/** Destruction: says what stops working, then one red button; asks for the name of a thing in use. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, stops, confirm, keep = "Cancel", typeName, action, fields = {}, children } = props;
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const what = useId();
  const change = (next: boolean) => {
    setTyped("");
    setProblem(undefined);
    onOpenChange(next);
  };
  const run = async (form: FormData) => {
    const refused = await action(form);
    if (refused) setProblem(refused);
    else change(false);
  };
  return (
    <Dialog open={open} onOpenChange={change} title={title} alert describedBy={what}>
      <form action={run}>
        <DialogBody>
          <div id={what} className="text-15">
            {stops}
          </div>
          {problem && <Note tone="bad">{problem}</Note>}
          {children}
          {typeName && (
            <Field
              name="typedName"
              label={
                <>
                  Type <code className="font-650">{typeName}</code> to go on
                </>
              }
            >
              <TextInput mono autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
            </Field>
          )}
          {Object.entries(fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
        </DialogBody>
        <DialogEnd>
          <Button variant="ghost" size="lg" onClick={() => change(false)}>
            {keep}
          </Button>
          <SubmitButton variant="danger" size="lg" disabled={typeName !== undefined && typed !== typeName}>
            {confirm}
          </SubmitButton>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

interface ConfirmButtonProps extends Omit<ConfirmDialogProps, "open" | "onOpenChange"> {
  /** The button's words; an ellipsis says that a question follows. */
  label: string;
  /** What of several it is about, for readers, after the words that are seen: "Remove… Tess Guest". */
  of?: string;
  icon?: ReactNode;
  variant?: "line" | "ghost";
  size?: "sm" | "md";
  /** Why it cannot be done now; stands beside the button, which is then off. */
  disabledReason?: string;
}

/** A button with its ConfirmDialog, usable from a server component. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, of, icon, variant = "line", size, disabledReason, ...dialog } = props;
  const [open, setOpen] = useState(false);
  const reason = useId();
  const name = of && `${label} ${of}`;
  if (disabledReason !== undefined)
    return (
      <span className="inline-flex flex-wrap items-center justify-end gap-x-2 gap-y-1 max-md:justify-start">
        <span id={reason} className="text-12 text-ink-3">
          {disabledReason}
        </span>
        <Button variant={variant} size={size} icon={icon} disabled aria-label={name} aria-describedby={reason}>
          {label}
        </Button>
      </span>
    );
  return (
    <>
      <Button
        variant={variant}
        size={size}
        icon={icon}
        aria-label={name}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      <ConfirmDialog {...dialog} open={open} onOpenChange={setOpen} />
    </>
  );
}
