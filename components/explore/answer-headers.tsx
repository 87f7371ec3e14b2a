/** The headers as they came, in order, repeated ones kept (explore 9). */
export function AnswerHeaders({ headers }: { headers: [string, string][] }) {
  return (
    <dl className="grid gap-y-1.5 p-4 font-mono text-code">
      {headers.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is frozen, and a header may stand twice
        <div key={index} className="grid gap-x-3 md:grid-cols-[minmax(8rem,11rem)_minmax(0,1fr)]">
          <dt className="text-c-key wrap-anywhere">{name}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
