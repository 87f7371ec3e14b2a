"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { formatMoment } from "#lib/format.ts";
import type { GatewayDto, GatewayRef } from "#lib/gateway-feed/gateway.schema.ts";

export interface DismissGatewayProps {
  gateway: Pick<GatewayDto, "id" | "address" | "heartbeatAt">;
  action: (input: GatewayRef) => Promise<ActionAnswer<unknown>>;
}

/** Takes a gateway that has ended off the list, after a question. */
export function DismissGateway({ gateway, action }: DismissGatewayProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Dismiss…"
      of={gateway.address}
      variant="ghost"
      size="sm"
      title="Dismiss this gateway?"
      stops={
        <div className="grid gap-2">
          <p>
            <code className="text-code wrap-anywhere">{gateway.address}</code> has been silent since{" "}
            {formatMoment(gateway.heartbeatAt)}. Changes count as live without it from now on.
          </p>
          <p>
            Dismiss it only when the process has ended. One that runs on without the database still serves what it
            knows, revoked credentials too, until it enters itself again.
          </p>
        </div>
      }
      confirm="Dismiss gateway"
      action={async () => {
        const answer = await action({ gatewayId: gateway.id });
        if (!answer.ok) return answer.message;
        toast(`${gateway.address} is dismissed.`);
        router.refresh();
        return undefined;
      }}
    />
  );
}
