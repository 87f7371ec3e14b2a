import { CopyButton } from "./copy-button.tsx";
import { cx } from "./cx.ts";
import { highlight, type Language } from "./highlight.ts";

interface CodeBlockProps {
  code: string;
  language?: Language;
  /** Names the block for readers and stands in its bar: "Shell", "Response body". */
  label: string;
  lineNumbers?: boolean;
  /** Without frame and bar, to lie in a pane that has its own. */
  bare?: boolean;
  className?: string;
}

const colours = {
  key: "text-c-key",
  string: "text-c-string",
  number: "text-c-number",
  word: "text-c-word",
  dim: "text-c-dim",
};

/** Code, sunken, with a bar and Copy. Scrolls in itself, by keyboard too. Secrets are `$CLIENT_SECRET`, never values. */
export function CodeBlock({ code, language = "text", label, lineNumbers, bare, className }: CodeBlockProps) {
  const lines = highlight(code, language);
  return (
    <div className={cx("min-w-0", !bare && "rounded-1 border border-line bg-sunken", className)}>
      {!bare && (
        <div className="flex items-center gap-2 border-b border-line py-1 ps-3 pe-1 text-12 font-medium text-ink-2">
          <span className="min-w-0 flex-1 truncate">{label}</span>
          <CopyButton value={code} label={label} wide />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="overflow-auto -outline-offset-2">
        <pre className="w-max min-w-full px-3 py-2.5 font-mono text-code">
          {lines.map((tokens, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one frozen text
            <div key={index} className="min-h-5">
              {lineNumbers && (
                <span aria-hidden="true" className="me-[1.1em] inline-block w-[2.2em] text-end text-c-dim select-none">
                  {index + 1}
                </span>
              )}
              {tokens.map((token, at) =>
                token.kind ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one frozen text
                  <span key={at} className={colours[token.kind]}>
                    {token.text}
                  </span>
                ) : (
                  token.text
                ),
              )}
            </div>
          ))}
        </pre>
      </section>
    </div>
  );
}
