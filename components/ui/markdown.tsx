import ReactMarkdown from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";

/**
 * A publisher's CommonMark, for server components. Raw HTML is dropped, links and attributes are sanitized, and an image
 * becomes a link: a page of ours asks no foreign host for anything, and no publisher learns who reads (explore.md 3.34).
 */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeSanitize]}
        components={{
          // One h1 a page: headings of a description start below the page's sections.
          h1: "h3",
          h2: "h3",
          h3: "h4",
          h4: "h5",
          img: ({ src, alt }) => (
            <a href={typeof src === "string" ? src : undefined} rel="noreferrer nofollow" className="link">
              {alt || "Image"}
            </a>
          ),
          a: ({ href, children }) => (
            <a href={href} rel="noreferrer nofollow" className="link">
              {children}
            </a>
          ),
          table: ({ children }) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <section className="overflow-x-auto" tabIndex={0} aria-label="Table">
              <table>{children}</table>
            </section>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
