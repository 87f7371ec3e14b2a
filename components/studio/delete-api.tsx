"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Menu } from "#components/ui/menu.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { paths } from "#lib/paths.ts";
import type { LiveCopy } from "./not-live-line.tsx";

interface DeleteApiProps {
  organization: string;
  title: string;
  copies: LiveCopy[];
  remove: () => Promise<ActionAnswer<unknown>>;
}

/** The studio's menu of rare deeds: delete the draft. Says why not while callers use it. */
export function DeleteApi({ organization, title, copies, remove }: DeleteApiProps) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const live = copies.map((copy) => copy.catalog).join(" and ");
  return (
    <>
      <Menu
        label={`More actions for ${title}`}
        size="md"
        entries={[
          {
            label: "Delete API…",
            icon: <Trash2 aria-hidden="true" />,
            danger: true,
            onAction: () => setAsking(true),
            ...(live && { disabledReason: `Published in ${live}. Retire its product there first.` }),
          },
        ]}
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${title}?`}
        stops="The draft goes with its source and its backend addresses, and it leaves the products that hold it. No call stops: it is published nowhere."
        confirm={`Delete ${title}`}
        action={async () => {
          const answer = await remove();
          if (!answer.ok) return answer.message;
          router.push(paths.draftApis(organization));
        }}
      />
    </>
  );
}
