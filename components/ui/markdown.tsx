import { formatNumber } from "#lib/format.ts";
import { MARKDOWN_LENGTH_MAX, type RenderedMarkdown } from "#lib/markdown/markdown.rules.ts";

/** A publisher's CommonMark, laid out by lib/markdown/render-markdown.ts; as it was written where that was too much. */
export function Markdown({ shown }: { shown: RenderedMarkdown }) {
  return (
    <>
      {shown.html === null ? (
        <p className="whitespace-pre-wrap wrap-anywhere">{shown.text}</p>
      ) : (
        // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitized in lib/markdown/to-html.ts
        <div className="prose" dangerouslySetInnerHTML={{ __html: shown.html }} />
      )}
      {shown.cut && (
        <p className="mt-4 text-13 text-ink-3">
          The description is longer than a page shows: these are its first {formatNumber(MARKDOWN_LENGTH_MAX)}{" "}
          characters.
        </p>
      )}
    </>
  );
}
