"use client";

import { ShownOnce } from "#components/ui/shown-once.tsx";
import { environmentTitle, fileStem, toEnvFile, toJsonFile } from "#lib/credential/credential.rules.ts";
import type { ShownOnce as Shown } from "#lib/credential/credential.schema.ts";
import { liveWords } from "#lib/gateway-feed/live.rules.ts";
import { onlyNow, ProtectIt, ShownLabel, ShownOnceDialog } from "./shown-once-dialog.tsx";

interface SecretDialogProps {
  shown: Shown;
  /** What the secret is called in the title and in the file names: the application, or the credential. */
  name: string;
  /** After the box is ticked and Done is pressed. */
  onDone: () => void;
}

/** The one time that a client secret is shown, with its ID and two files. */
export function SecretDialog({ shown, name, onDone }: SecretDialogProps) {
  const stem = fileStem(name);
  return (
    <ShownOnceDialog
      title={`Save the secret of ${name} now`}
      thing="secret"
      files={[
        { fileName: `${stem}.env`, text: () => toEnvFile(shown), type: "text/plain" },
        { fileName: `${stem}.json`, text: () => toJsonFile({ ...shown, name }), type: "application/json" },
      ]}
      fileWords="Or save both as a file"
      lost="Lost it later? Reset the secret; the ID stays."
      live={liveWords(shown.live)}
      onDone={onDone}
    >
      <div>
        <ShownLabel words="Client ID" aside={`can be seen later, ${environmentTitle[shown.environment]}`} />
        <ShownOnce value={shown.clientId} label="client ID" once={false} />
      </div>
      <div>
        <ShownLabel words="Client secret" aside={onlyNow} />
        <ShownOnce value={shown.secret} label="client secret" autoFocus />
        <ProtectIt />
      </div>
    </ShownOnceDialog>
  );
}
