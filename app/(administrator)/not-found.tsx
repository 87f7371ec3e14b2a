import { Missing } from "#components/shell/missing.tsx";

export default function NotFoundPage() {
  return <Missing />;
}
