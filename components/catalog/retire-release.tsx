"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { plural } from "#lib/format.ts";

interface RetireReleaseProps {
  release: { id: string; title: string; version: string; subscribers: number };
  catalog: string;
  action: (input: { releaseId: string; reason: string }) => Promise<ActionAnswer<unknown>>;
}

/** Takes a product out of a catalog; asks for its name when applications use it. */
export function RetireRelease({ release, catalog, action }: RetireReleaseProps) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  const used = release.subscribers > 0;
  const stops =
    release.subscribers === 1
      ? "1 application is subscribed: its calls are refused at once, its subscription ends."
      : `${plural(release.subscribers, "application")} are subscribed: their calls are refused at once, their subscriptions end.`;
  return (
    <ConfirmButton
      label="Retire…"
      of={`${release.title} ${release.version}`}
      variant="ghost"
      size="sm"
      title={`Retire ${release.title} ${release.version} in ${catalog}?`}
      stops={
        used
          ? `${stops} The draft stays.`
          : "No application is subscribed. Its addresses answer 404 at once. The draft stays."
      }
      confirm={`Retire ${release.title}`}
      {...(used && { typeName: release.title })}
      action={async () => {
        const answer = await action({ releaseId: release.id, reason });
        if (!answer.ok) return answer.message;
        toast(`${release.title} is retired in ${catalog}.`);
        router.refresh();
        return undefined;
      }}
    >
      {used && (
        <Field name="reason" label="Reason" optional hint="The developers read it beside their subscription.">
          <TextInput value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        </Field>
      )}
    </ConfirmButton>
  );
}
