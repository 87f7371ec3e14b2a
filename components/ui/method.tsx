import { cx } from "./cx.ts";

const colours: Record<string, string> = {
  GET: "text-m-get",
  POST: "text-m-post",
  PUT: "text-m-put",
  PATCH: "text-m-patch",
  DELETE: "text-m-delete",
};

interface MethodProps {
  method: string;
  /** DELETE as DEL, OPTIONS as OPT, in a 36 px column; readers get the full word. */
  short?: boolean;
  className?: string;
}

/** An HTTP method: a bold mono word in a column of fixed width, so that paths line up. */
export function Method({ method, short, className }: MethodProps) {
  const word = method.toUpperCase();
  const shown = short && word.length > 5 ? word.slice(0, 3) : word;
  return (
    <span
      className={cx(
        "inline-block shrink-0 font-mono text-11 leading-none font-650 tracking-[0.01em]",
        short ? "w-9" : "w-12",
        colours[word] ?? "text-m-other",
        className,
      )}
    >
      {shown === word ? (
        word
      ) : (
        <>
          <span aria-hidden="true">{shown}</span>
          <span className="sr-only">{word}</span>
        </>
      )}
    </span>
  );
}
