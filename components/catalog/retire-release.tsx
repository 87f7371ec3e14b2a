"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { plural } from "#lib/format.ts";

interface RetireReleaseProps {
  release: { id: string; title: string; version: string; subscribers: number };
  catalog: string;
  action: (input: { releaseId: string }) => Promise<ActionAnswer<unknown>>;
}

/** Takes a product out of a catalog; asks for its name when applications use it. */
export function RetireRelease({ release, catalog, action }: RetireReleaseProps) {
  const router = useRouter();
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
        const answer = await action({ releaseId: release.id });
        if (!answer.ok) return answer.message;
        toast(`${release.title} is retired in ${catalog}.`);
        router.refresh();
        return undefined;
      }}
    />
  );
}
