"use client";

import { type ReactNode, useId } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { cx } from "./cx.ts";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question or the deed: "Delete Storefront?". */
  title: ReactNode;
  /** One sentence under the title. */
  lead?: ReactNode;
  /** ID of what readers say after the title and the lead. */
  describedBy?: string;
  /** Esc and a press outside do nothing, as long as a secret is not saved. */
  locked?: boolean;
  size?: "md" | "lg";
  /** For destruction: readers announce it at once. */
  alert?: boolean;
  /** The buttons at the lower edge, the deed last. Inside a form, put `DialogEnd` into the form instead. */
  footer?: ReactNode;
  children?: ReactNode;
}

/** A decision over the page: ink edge on top, focus kept inside and given back; rises from below on narrow windows. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, lead, describedBy, locked = false, size = "md", alert, footer, children } = props;
  const leadId = useId();
  const described = [lead && leadId, describedBy].filter(Boolean).join(" ");
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={onOpenChange}
      isDismissable={!locked}
      isKeyboardDismissDisabled={locked}
      className="fixed inset-0 z-50 grid h-(--visual-viewport-height) animate-appear place-items-center bg-scrim p-4 max-md:place-items-end max-md:p-0"
    >
      <Modal
        className={cx(
          "max-h-full w-full animate-rise overflow-auto rounded-2 border-t-[3px] border-ink bg-raised shadow-2 max-md:max-w-none max-md:rounded-b-none",
          size === "lg" ? "max-w-[48rem]" : "max-w-[39rem]",
        )}
      >
        <AriaDialog
          role={alert ? "alertdialog" : "dialog"}
          aria-describedby={described || undefined}
          className="outline-none"
        >
          <div className="px-6 pt-5 max-md:px-4 max-md:pt-4">
            <Heading slot="title" level={2} className="text-17 font-650 wrap-anywhere">
              {title}
            </Heading>
            {lead && (
              <p id={leadId} className="mt-0.5 text-ink-2">
                {lead}
              </p>
            )}
          </div>
          {children}
          {footer && <DialogEnd>{footer}</DialogEnd>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The middle of a dialog: its fields, 16 px apart. */
export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 px-6 py-4 max-md:px-4">{children}</div>;
}

/** The lower edge of a dialog: a note at the left, buttons at the right; full-width buttons on narrow windows. */
export function DialogEnd({ note, noteId, children }: { note?: ReactNode; noteId?: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-3 border-t border-line px-6 py-3 max-md:flex-col-reverse max-md:items-stretch max-md:px-4 md:justify-end">
      {note && (
        <span id={noteId} className="text-12 text-ink-3 md:me-auto">
          {note}
        </span>
      )}
      {children}
    </div>
  );
}
