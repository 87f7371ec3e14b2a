import { PersonShell } from "#app/_server/shell.tsx";
import { Missing } from "#components/shell/missing.tsx";

/** For addresses outside of every layout that has a frame of its own. */
export default function NotFoundPage() {
  return (
    <PersonShell>
      <Missing />
    </PersonShell>
  );
}
