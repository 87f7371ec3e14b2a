"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";

interface ResetTestValuesProps {
  catalogId: string;
  action: (input: { catalogId: string }) => Promise<ActionAnswer<{ live: number; gateways: number }>>;
}

/** Gives the test application a new secret after a question. */
export function ResetTestValues({ catalogId, action }: ResetTestValuesProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Reset values…"
      size="sm"
      icon={<RefreshCw aria-hidden="true" />}
      title="Reset the test secret?"
      stops="The present test secret stops at once, wherever somebody noted it. The client ID stays; the test panel takes the new secret by itself."
      confirm="Reset test secret"
      action={async () => {
        const answer = await action({ catalogId });
        if (!answer.ok) return answer.message;
        toast(`The new test secret is live on ${answer.data.live} of ${answer.data.gateways} gateways.`);
        router.refresh();
        return undefined;
      }}
    />
  );
}
