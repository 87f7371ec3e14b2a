import { Missing } from "#components/shell/missing.tsx";
import { gutters } from "#components/shell/shell-frame.tsx";

/** Explore's frame has no gutters of its own. */
export default function NotFoundPage() {
  return (
    <div className={`mx-auto w-full max-w-[75rem] ${gutters}`}>
      <Missing />
    </div>
  );
}
