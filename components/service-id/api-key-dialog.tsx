"use client";

import { onlyNow, ProtectIt, ShownLabel, ShownOnceDialog } from "#components/credential/shown-once-dialog.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { environmentTitle, fileStem } from "#lib/credential/credential.rules.ts";
import { liveWords } from "#lib/gateway-feed/live.rules.ts";
import { toApiKeyEnvFile, toApiKeyJsonFile } from "#lib/service-id/service-id.rules.ts";
import type { ApiKeyShown } from "#lib/service-id/service-id.schema.ts";

/** The one time that an API key is shown, with two files (S123, S124). */
export function ApiKeyDialog({ shown, onDone }: { shown: ApiKeyShown; onDone: () => void }) {
  const stem = fileStem(shown.name);
  return (
    <ShownOnceDialog
      title={`Save the API key ${shown.name} now`}
      thing="key"
      files={[
        { fileName: `${stem}.env`, text: () => toApiKeyEnvFile(shown), type: "text/plain" },
        { fileName: `${stem}.json`, text: () => toApiKeyJsonFile(shown), type: "application/json" },
      ]}
      fileWords="Or save it as a file"
      lost="Lost it later? Revoke it and create another."
      live={liveWords(shown.live)}
      onDone={onDone}
    >
      <div>
        <ShownLabel words={`API key for ${environmentTitle[shown.environment]}`} aside={onlyNow} />
        <ShownOnce value={shown.apiKey} label="API key" autoFocus />
        <ProtectIt />
      </div>
    </ShownOnceDialog>
  );
}
