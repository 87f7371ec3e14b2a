"use client";

import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { type ActionAnswer, useActionForm } from "#components/ui/use-action-form.ts";
import { paths } from "#lib/paths.ts";

interface AcceptInvitationProps {
  token: string;
  organization: string;
  action: (input: { token: string }) => Promise<ActionAnswer<{ slug: string; isProvider: boolean }>>;
}

/** One button that makes the signed-in person a member. */
export function AcceptInvitation({ token, organization, action }: AcceptInvitationProps) {
  const router = useRouter();
  const form = useActionForm(action, {
    read: () => ({ token }),
    onDone: ({ slug, isProvider }) => {
      router.push(isProvider ? paths.provider(slug) : paths.applications());
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} className="grid justify-items-start gap-3">
      {form.errors.message && <Note tone="bad">{form.errors.message}</Note>}
      <Button type="submit" variant="primary" size="lg" busy={form.pending}>
        Join {organization}
      </Button>
    </form>
  );
}
