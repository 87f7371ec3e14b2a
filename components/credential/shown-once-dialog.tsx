"use client";

import { Download } from "lucide-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogBody, DialogEnd } from "#components/ui/dialog.tsx";
import { download } from "./download.ts";

interface ShownOnceDialogProps {
  title: string;
  /** What is shown, in the words of the box to tick: "secret", "key". */
  thing: string;
  files: { fileName: string; text: () => string; type: string }[];
  /** "Or save both as a file" */
  fileWords: string;
  /** What to do when it is lost, said once the box is ticked. */
  lost: string;
  /** Which gateways know it. */
  live: string;
  onDone: () => void;
  /** The values, with Copy. */
  children: ReactNode;
}

/**
 * The one time that something secret is shown (S105, S123-126): copy, files, a box to tick. Esc and a press outside do
 * nothing, and leaving the page asks first.
 */
export function ShownOnceDialog(props: ShownOnceDialogProps) {
  const { title, thing, files, fileWords, lost, live, onDone, children } = props;
  const [saved, setSaved] = useState(false);
  const note = useId();
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, []);
  return (
    <Dialog
      open
      locked
      onOpenChange={() => undefined}
      title={title}
      lead={`The ${thing} is shown this once. Portico keeps only a one-way hash: nobody, the provider included, can show it again.`}
      describedBy={note}
    >
      <DialogBody>
        {children}
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-12 text-ink-2">{fileWords}</span>
          {files.map((file) => (
            <Button
              key={file.fileName}
              size="sm"
              icon={<Download aria-hidden="true" />}
              onClick={() => download(file.fileName, file.text(), file.type)}
            >
              {file.fileName}
            </Button>
          ))}
        </div>
        <Checkbox checked={saved} onChange={(event) => setSaved(event.target.checked)}>
          I have saved the {thing} somewhere safe
        </Checkbox>
        <p className="text-12 text-ink-3">{live}</p>
      </DialogBody>
      <DialogEnd noteId={note} note={saved ? lost : "Tick the box to go on."}>
        <Button variant="primary" size="lg" disabled={!saved} aria-describedby={note} onClick={onDone}>
          Done
        </Button>
      </DialogEnd>
    </Dialog>
  );
}

interface LabelProps {
  words: string;
  aside: ReactNode;
}

/** What a value in the dialog is, and whether it can be seen again. */
export function ShownLabel({ words, aside }: LabelProps) {
  return (
    <p className="mb-1 text-12">
      <span className="font-semibold">{words}</span> <span className="text-ink-3">{aside}</span>
    </p>
  );
}

/** Beside what cannot be shown again. */
export const onlyNow = <span className="font-550 text-warn">shown this once</span>;

/** Under it (S126). */
export function ProtectIt() {
  return (
    <p className="mt-1 text-12 text-ink-3">
      Protect it like a password: never in a browser, a mobile bundle or a repository.
    </p>
  );
}
