import type { Element, ElementContent, Root } from "hast";
import rehypeSanitize from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

/** Deeper ones are no text; browsers stop at 512 levels. */
const DEPTH_MAX = 64;
/** A few thousand characters can lay out a table of millions of cells. */
const HTML_LENGTH_MAX = 500_000;

/** One h1 a page: headings of a description start below the page's sections. */
const HEADINGS: Record<string, string> = { h1: "h3", h2: "h3", h3: "h4", h4: "h5" };

const pipeline = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype)
  .use(rehypeSanitize)
  .use(() => (tree: Root) => {
    tree.children = ours(tree.children as ElementContent[], 0);
  })
  .use(rehypeStringify);

/**
 * A publisher's CommonMark as HTML that is safe in a page: raw HTML is dropped, links and attributes are sanitized, and
 * an image becomes a link: a page of ours asks no foreign host for anything, and no publisher learns who reads
 * (explore.md 3.34). null where it is nested deeper, or grows larger, than a text does. There are texts for which this takes
 * hours or throws: only for the worker.
 */
export function toHtml(text: string): string | null {
  const html = pipeline.processSync(text).toString();
  return html.length > HTML_LENGTH_MAX ? null : html;
}

function ours(nodes: ElementContent[], depth: number): ElementContent[] {
  if (depth > DEPTH_MAX) throw new RangeError("nested too deep");
  return nodes.map((node) => (node.type === "element" ? ourElement(node, depth) : node));
}

function ourElement(element: Element, depth: number): Element {
  const { tagName, properties } = element;
  if (tagName === "img") {
    const { src, alt } = properties;
    return link(src, [{ type: "text", value: typeof alt === "string" && alt !== "" ? alt : "Image" }]);
  }
  const children = ours(element.children, depth + 1);
  if (tagName === "a") return link(properties.href, children);
  const named = { ...element, tagName: HEADINGS[tagName] ?? tagName, children };
  if (tagName !== "table") return named;
  // What scrolls must be reachable by keyboard.
  const scrolls = { className: ["overflow-x-auto"], tabIndex: 0, ariaLabel: "Table" };
  return { type: "element", tagName: "section", properties: scrolls, children: [named] };
}

const link = (href: unknown, children: ElementContent[]): Element => ({
  type: "element",
  tagName: "a",
  properties: { ...(typeof href === "string" && { href }), rel: ["noreferrer", "nofollow"], className: ["link"] },
  children,
});
