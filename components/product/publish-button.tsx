"use client";

import { ChevronDown, CloudUpload } from "lucide-react";
import { useState } from "react";
import { MenuTrigger, Button as TriggerButton } from "react-aria-components";
import { Button, type ButtonVariant, buttonClass, LinkButton } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogEnd } from "#components/ui/dialog.tsx";
import { MenuPopover } from "#components/ui/menu.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { type ActionAnswer, type FormErrors, useActionForm } from "#components/ui/use-action-form.ts";
import type { LiveState as LiveAnswer } from "#lib/gateway-feed/live.rules.ts";
import { LiveState } from "./live-state.tsx";
import { NotPublished } from "./not-published.tsx";

export interface CatalogChoice {
  id: string;
  title: string;
  kind: "sandbox" | "production";
  /** The public page of what is published there; for the link after a success. */
  href?: string;
}

interface PublishButtonProps {
  /** What is published: "Weather Provider API". */
  name: string;
  catalogs: CatalogChoice[];
  publish: (catalogId: string) => Promise<ActionAnswer<{ live: LiveAnswer }>>;
  /** Why it cannot be published now; stands in the menu. */
  disabledReason?: string;
  variant?: ButtonVariant;
  /** In place of "Publish" with its menu, where there is one catalog only. */
  label?: string;
  onPublished?: (catalog: CatalogChoice, live: LiveAnswer) => void;
}

type Stage = { catalog: CatalogChoice; step: "confirm" | "run" | "live"; live?: LiveAnswer };

/** Publish: a menu of catalogs; Production asks first; then the progress and what the gateways say. */
export function PublishButton({
  name,
  catalogs,
  publish,
  disabledReason,
  variant = "line",
  label,
  onPublished,
}: PublishButtonProps) {
  const [stage, setStage] = useState<Stage | null>(null);
  const { run, errors, pending, clear } = useActionForm(
    async (catalog: CatalogChoice) => {
      const answer = await publish(catalog.id);
      return answer.ok ? { ...answer, data: { catalog, live: answer.data.live } } : answer;
    },
    {
      read: () => {
        throw new Error("not a form");
      },
      onDone: ({ catalog, live }) => {
        setStage({ catalog, step: "live", live });
        onPublished?.(catalog, live);
      },
    },
  );
  const start = (catalog: CatalogChoice) => {
    clear();
    setStage({ catalog, step: "run" });
    run(catalog);
  };
  const choose = (catalog: CatalogChoice) => {
    if (catalog.kind === "sandbox") return start(catalog);
    clear();
    setStage({ catalog, step: "confirm" });
  };
  const [only] = catalogs;
  return (
    <>
      {label && only ? (
        <Button variant={variant} icon={<CloudUpload aria-hidden="true" />} onClick={() => choose(only)}>
          {label}
        </Button>
      ) : (
        <MenuTrigger>
          <TriggerButton className={buttonClass(variant)}>
            <CloudUpload aria-hidden="true" />
            Publish
            <ChevronDown aria-hidden="true" />
          </TriggerButton>
          <MenuPopover
            label="Publish to a catalog"
            entries={catalogs.map((catalog) => ({
              label: catalog.kind === "sandbox" ? catalog.title : `${catalog.title}…`,
              onAction: () => choose(catalog),
              ...(disabledReason && { disabledReason }),
            }))}
          />
        </MenuTrigger>
      )}
      <PublishDialog
        name={name}
        stage={stage}
        pending={pending}
        errors={errors}
        onConfirm={start}
        onClose={() => setStage(null)}
      />
    </>
  );
}

interface PublishDialogProps {
  name: string;
  stage: Stage | null;
  pending: boolean;
  errors: FormErrors;
  onConfirm: (catalog: CatalogChoice) => void;
  onClose: () => void;
}

function PublishDialog({ name, stage, pending, errors, onConfirm, onClose }: PublishDialogProps) {
  const refused = !pending && (errors.message !== undefined || errors.fields.length > 0);
  const catalog = stage?.catalog;
  const live = stage?.step === "live";
  const running = stage?.step === "run" && !refused;
  const title = live ? `${name} is published to ${catalog?.title}` : `Publish to ${catalog?.title}`;
  return (
    <Dialog open={stage !== null} onOpenChange={(open) => !open && !pending && onClose()} title={title}>
      <DialogBody>
        {stage?.step === "confirm" && (
          <p className="text-15">
            Callers in {catalog?.title} get this version of {name} at once. Subscriptions and credentials stay as they
            are.
          </p>
        )}
        {running && <Progress label={`Publishing ${name} to ${catalog?.title}`} />}
        {stage?.step === "live" && stage.live && <LiveState state={stage.live} />}
        {refused && <NotPublished errors={errors} />}
      </DialogBody>
      <DialogEnd>
        {live && catalog?.href && (
          <LinkButton variant="ghost" size="lg" href={catalog.href}>
            See it in {catalog.title}
          </LinkButton>
        )}
        {(stage?.step === "confirm" || refused) && (
          <Button variant="ghost" size="lg" onClick={onClose}>
            {refused ? "Close" : "Cancel"}
          </Button>
        )}
        {/* One button through all steps: the focus stays on it. */}
        {catalog && (
          <Button variant="primary" size="lg" busy={running} onClick={live ? onClose : () => onConfirm(catalog)}>
            {live ? "Done" : refused ? "Try again" : `Publish to ${catalog.title}`}
          </Button>
        )}
      </DialogEnd>
    </Dialog>
  );
}
