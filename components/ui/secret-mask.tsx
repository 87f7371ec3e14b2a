/** A secret that nobody can see again: six dots and its last four characters. */
export function SecretMask({ last4 }: { last4: string }) {
  return (
    <span className="font-mono text-code whitespace-nowrap">
      <span aria-hidden="true" className="tracking-[1px] text-ink-3">
        ••••••
      </span>
      <span className="sr-only">ends in</span> {last4}
    </span>
  );
}
