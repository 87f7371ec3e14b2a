import { CopyButton } from "./copy-button.tsx";

/** A client ID, whole, in mono, with Copy. In sentences use `shortClientId` instead. `of` names its owner for readers. */
export function ClientId({ value, of }: { value: string; of?: string }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <code className="text-code max-md:wrap-anywhere md:whitespace-nowrap">{value}</code>
      <CopyButton value={value} label={of ? `client ID of ${of}` : "client ID"} />
    </span>
  );
}
