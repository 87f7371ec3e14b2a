import { Note } from "#components/ui/note.tsx";
import type { FormErrors } from "#components/ui/use-action-form.ts";

/** Why publishing was refused, each cause in a line; nothing changed for callers. */
export function NotPublished({ errors }: { errors: FormErrors }) {
  return (
    <Note tone="bad" title={errors.message ?? "Not published. Callers still get what they got before."}>
      <ul className="grid gap-1">
        {errors.fields.map((field) => (
          <li key={field.field + field.message}>{field.message}</li>
        ))}
      </ul>
    </Note>
  );
}
