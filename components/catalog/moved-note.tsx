import { CopyButton } from "#components/ui/copy-button.tsx";
import { Note } from "#components/ui/note.tsx";

/** Where an address of before has led here: that it has changed, and the one to keep. */
export function MovedNote({ moved, address }: { moved: "address" | "version"; address: string }) {
  return (
    <Note tone="info" title="This API has a new address." action={<CopyButton value={address} label="address" />}>
      {moved === "address"
        ? "The old one, with the version in its name, leads here. Please change your link or bookmark."
        : "The old one named a version that is no longer published, so this is the version of today. Please change your link or bookmark."}
    </Note>
  );
}
