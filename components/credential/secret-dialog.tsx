"use client";

import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogBody, DialogEnd } from "#components/ui/dialog.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { environmentTitle, fileStem, toEnvFile, toJsonFile } from "#lib/credential/credential.rules.ts";
import type { ShownOnce as Shown } from "#lib/credential/credential.schema.ts";
import { download } from "./download.ts";
import { liveWords } from "./live-words.ts";

interface SecretDialogProps {
  shown: Shown;
  /** What the secret is called in the title and in the file names: the application, or the credential. */
  name: string;
  /** After the box is ticked and Done is pressed. */
  onDone: () => void;
}

/**
 * The one time that a secret is shown (S105, S123-126): copy, two files, a box to tick. Esc and a press outside do
 * nothing, and leaving the page asks first.
 */
export function SecretDialog({ shown, name, onDone }: SecretDialogProps) {
  const [saved, setSaved] = useState(false);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, []);
  const stem = fileStem(name);
  const files = [
    { fileName: `${stem}.env`, text: () => toEnvFile(shown), type: "text/plain" },
    { fileName: `${stem}.json`, text: () => toJsonFile({ ...shown, name }), type: "application/json" },
  ];
  return (
    <Dialog
      open
      locked
      onOpenChange={() => undefined}
      title={`Save the secret of ${name} now`}
      lead="Portico keeps only a one-way hash. Nobody, the provider included, can show this secret again."
    >
      <DialogBody>
        <div>
          <Label words="Client ID" aside={`can be seen later, ${environmentTitle[shown.environment]}`} />
          <ShownOnce value={shown.clientId} label="client ID" once={false} />
        </div>
        <div>
          <Label words="Client secret" aside={<span className="font-550 text-warn">shown this once</span>} />
          <ShownOnce value={shown.secret} label="client secret" autoFocus />
          <p className="mt-1 text-12 text-ink-3">
            Protect it like a password: never in a browser, a mobile bundle or a repository.
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-12 text-ink-2">Or save both as a file</span>
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
          I have saved the secret somewhere safe
        </Checkbox>
        <p className="text-12 text-ink-3">{liveWords(shown.live)}</p>
      </DialogBody>
      <DialogEnd note={saved ? "Lost it later? Reset the secret; the ID stays." : "Tick the box to go on."}>
        <Button variant="primary" size="lg" disabled={!saved} onClick={onDone}>
          Done
        </Button>
      </DialogEnd>
    </Dialog>
  );
}

function Label({ words, aside }: { words: string; aside: React.ReactNode }) {
  return (
    <p className="mb-1 text-12">
      <span className="font-semibold">{words}</span> <span className="text-ink-3">{aside}</span>
    </p>
  );
}
