import { type ReactNode, useId } from "react";

interface RequestGroupProps {
  title: string;
  aside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A group of the request: a head, then lines of name and value; a hairline above. */
export function RequestGroup({ title, aside, actions, children }: RequestGroupProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-4 border-t border-line pt-4">
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <h3 id={id}>{title}</h3>
        {aside}
        {actions && <div className="ms-auto">{actions}</div>}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2.5">{children}</div>
    </section>
  );
}

interface RequestLineProps {
  /** "query.zipcode", by which the control is found. */
  field?: string;
  /** The id of the control. */
  htmlFor: string;
  name: string;
  /** What it is: "string, required". */
  words: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: ReactNode;
}

/** One value: its name as the machine reads it at the left, the control at the right; above one another where narrow. */
export function RequestLine({ field, htmlFor, name, words, hint, error, children }: RequestLineProps) {
  return (
    <div data-field={field} className="grid gap-x-3 gap-y-1 md:grid-cols-[10.75rem_minmax(0,1fr)]">
      <label htmlFor={htmlFor} className="min-w-0">
        <code className="font-semibold wrap-anywhere">{name}</code>
        <span className="block text-12 text-ink-3">{words}</span>
      </label>
      <div className="min-w-0">
        {children}
        {error ? (
          <p id={`${htmlFor}-help`} className="mt-1 text-12 font-medium text-bad">
            {error}
          </p>
        ) : (
          hint && (
            <p id={`${htmlFor}-help`} className="mt-1 line-clamp-3 text-12 text-ink-3">
              {hint}
            </p>
          )
        )}
      </div>
    </div>
  );
}
