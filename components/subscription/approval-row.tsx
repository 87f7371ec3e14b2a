"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { toast } from "#components/ui/toaster.tsx";
import { type ActionAnswer, useActionForm } from "#components/ui/use-action-form.ts";

export interface Approval {
  id: string;
  application: string;
  organization: string;
  product: string;
  plan: string;
  /** What approving grants: "10,000 calls per hour". */
  grants: string;
  catalog: string;
  comment: string;
  /** "22 Nov 2026, 14:30 UTC" */
  asked: string;
}

interface Decision {
  subscriptionId: string;
  decision: "approve" | "reject";
  reason: string;
}

interface ApprovalRowProps {
  approval: Approval;
  action: (input: Decision) => Promise<ActionAnswer<{ application: string; plan: string }>>;
}

/** One request of the queue: who, what, why, what it grants; decided in place. A rejection needs a reason. */
export function ApprovalRow({ approval, action }: ApprovalRowProps) {
  const router = useRouter();
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState("");
  const form = useActionForm(action, {
    read: (): Decision => ({ subscriptionId: approval.id, decision: "reject", reason }),
    onDone: ({ application, plan }) => {
      toast(rejecting ? `The request of ${application} is rejected.` : `${application} now has ${plan}.`);
      router.refresh();
    },
  });
  return (
    <Sheet
      pad
      className="grid gap-3"
      role="group"
      aria-label={`Request of ${approval.application} for ${approval.plan} of ${approval.product} in ${approval.catalog}`}
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <div>
            <b>{approval.application}</b> <span className="text-ink-2">of {approval.organization}</span>
          </div>
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
            asks for <Tag>{approval.plan}</Tag> of {approval.product} in {approval.catalog}
          </div>
          <div className="text-12 text-ink-3">
            Grants {approval.grants}. Asked {approval.asked}.
          </div>
        </div>
        {!rejecting && (
          <div className="flex gap-2 max-md:w-full max-md:*:grow">
            <Button onClick={() => setRejecting(true)}>Reject…</Button>
            <Button
              variant="primary"
              busy={form.pending}
              onClick={() => form.run({ subscriptionId: approval.id, decision: "approve", reason: "" })}
            >
              Approve
            </Button>
          </div>
        )}
      </div>
      {approval.comment && (
        <blockquote className="border-s-2 border-line-strong ps-3 text-ink-2 wrap-anywhere">
          {approval.comment}
        </blockquote>
      )}
      {form.errors.message && <Note tone="bad">{form.errors.message}</Note>}
      {rejecting && (
        <form onSubmit={form.onSubmit} noValidate className="grid gap-3">
          <Field
            label="Reason"
            name="reason"
            hint={`${approval.organization} reads it.`}
            error={form.errorOf("reason")}
          >
            <TextArea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} autoFocus />
          </Field>
          <div className="flex gap-2">
            <Button type="submit" variant="primary" busy={form.pending}>
              Reject request
            </Button>
            <Button
              variant="ghost"
              onClick={() => {
                setRejecting(false);
                form.clear();
              }}
            >
              Cancel
            </Button>
          </div>
        </form>
      )}
    </Sheet>
  );
}
