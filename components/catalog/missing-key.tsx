import { Note } from "#components/ui/note.tsx";

/** In place of a value that cannot be opened: which key is missing, and what to do. `keyId` tells nothing of the key. */
export function MissingKey({ keyId }: { keyId: string }) {
  return (
    <Note tone="bad" title="The key of this value is missing.">
      It was sealed with the key {keyId}, and the installation's SEAL_KEY is another one. Ask whoever runs the
      installation to restore that key, or reset the test values on the Endpoints page.
    </Note>
  );
}
