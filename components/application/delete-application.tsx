"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { Section } from "#components/ui/section.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toaster.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { DeleteApplicationInput } from "#lib/application/application.schema.ts";
import { plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";

interface DeleteApplicationProps {
  application: { id: string; name: string };
  /** Active ones, which stop. */
  credentials: number;
  subscriptions: number;
  serviceIds: number;
  action: (input: DeleteApplicationInput) => Promise<ActionAnswer<{ name: string }>>;
}

/** The end of an application's page: what goes with it, and its name to type. */
export function DeleteApplication({
  application,
  credentials,
  subscriptions,
  serviceIds,
  action,
}: DeleteApplicationProps) {
  const router = useRouter();
  const run = async (form: FormData) => {
    const confirmName = String(form.get("typedName") ?? "");
    const answer = await action({ applicationId: application.id, confirmName });
    if (!answer.ok) return answer.message;
    toast(`${answer.data.name} is deleted.`);
    router.push(paths.applications());
  };
  const parts = [plural(credentials, "credential"), plural(subscriptions, "subscription")];
  if (serviceIds > 0) parts.push(plural(serviceIds, "service ID"));
  const goes = `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  return (
    <Section title="Delete the application">
      <Sheet pad className="flex gap-3 max-md:flex-col md:items-center">
        <p className="min-w-0 flex-1">
          {goes} go with it, and its calls are refused at once. Nobody can bring them back.
        </p>
        <ConfirmButton
          label="Delete application…"
          title={`Delete ${application.name}?`}
          stops={`${goes} end at once; its calls are refused from then on. The audit log keeps what was done.`}
          confirm={`Delete ${application.name}`}
          typeName={application.name}
          action={run}
        />
      </Sheet>
    </Section>
  );
}
