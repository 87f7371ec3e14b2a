import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import { lenientTree } from "./lenient-tree.ts";
import { DEPTH_MAX } from "./parse-text.ts";
import { newNode, type TextNode } from "./text-node.ts";

/**
 * The tree of a text for finding places and for splicing. Built of js-yaml's events, which takes a tenth of what the
 * `yaml` package takes on large files; that one reads what js-yaml refuses.
 */
export function textTree(text: string): TextNode | null {
  try {
    return new TreeBuilder(text).build(parseEvents(text, { maxDepth: DEPTH_MAX }));
  } catch {
    return lenientTree(text);
  }
}

class TreeBuilder {
  readonly #text: string;
  #events: Event[] = [];
  #next = 0;
  constructor(text: string) {
    this.#text = text;
  }

  build(events: Event[]): TextNode | null {
    this.#events = events;
    this.#next = 1; // behind the document's own event
    return events.length > 1 ? this.#node(0) : null;
  }

  /** `behind` is where an empty node stands. */
  #node(behind: number): TextNode {
    const event = this.#events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event, behind);
      case EVENT_ID.ALIAS:
        return this.#alias(event);
      case EVENT_ID.MAPPING:
        return this.#map(event);
      case EVENT_ID.SEQUENCE:
        return this.#list(event);
      default:
        throw new Error("the events end too early");
    }
  }

  #alias({ anchorStart, anchorEnd }: AliasEvent): TextNode {
    return newNode("alias", anchorStart - 1, anchorEnd);
  }

  #scalar(event: ScalarEvent, behind: number): TextNode {
    const { style, valueStart, valueEnd, anchorStart, tagStart } = event;
    if (valueStart < 0) return newNode("scalar", behind, behind);
    const node = newNode("scalar", valueStart, valueEnd);
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) {
      node.quote = style === SCALAR_STYLE.SINGLE_QUOTED ? "'" : '"';
      node.start -= 1;
      node.end += 1;
    } else if (style !== SCALAR_STYLE.PLAIN) {
      node.quote = "block";
      node.start = this.#blockHeader(valueStart);
    }
    node.end = node.start + this.#text.slice(node.start, node.end).trimEnd().length;
    return this.#withProperties(node, anchorStart, tagStart);
  }

  /** The "|" or ">" that stands at the end of the line before the content. */
  #blockHeader(contentStart: number): number {
    const lineStart = this.#text.lastIndexOf("\n", contentStart - 2) + 1;
    const header = /[|>][-+0-9]*[ \t]*(?:#.*)?\r?\n$/.exec(this.#text.slice(lineStart, contentStart));
    if (!header) throw new Error("a block scalar without a header");
    return lineStart + header.index;
  }

  #withProperties(node: TextNode, anchorStart: number, tagStart: number): TextNode {
    node.anchored = anchorStart >= 0;
    const starts = [node.start, anchorStart - 1, tagStart].filter((start) => start >= 0);
    node.start = Math.min(...starts);
    return node;
  }

  #map({ start, style, anchorStart, tagStart }: MappingEvent): TextNode {
    const node = newNode("map", start, start);
    node.flow = style === COLLECTION_STYLE.FLOW;
    while (this.#events[this.#next]?.type !== EVENT_ID.POP) {
      const event = this.#events[this.#next];
      const key = this.#node(node.end);
      const colon = this.#text.indexOf(":", key.end);
      const value = this.#node(colon === -1 ? key.end : colon + 1);
      const name = event?.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, event) : "";
      node.pairs.push({ name, key, value });
      node.end = Math.max(value.end, key.end);
    }
    return this.#close(node, anchorStart, tagStart, "}");
  }

  #list({ start, style, anchorStart, tagStart }: SequenceEvent): TextNode {
    const node = newNode("list", start, start);
    node.flow = style === COLLECTION_STYLE.FLOW;
    while (this.#events[this.#next]?.type !== EVENT_ID.POP) {
      const item = this.#node(node.end);
      node.items.push(item);
      node.end = item.end;
    }
    return this.#close(node, anchorStart, tagStart, "]");
  }

  #close(node: TextNode, anchorStart: number, tagStart: number, bracket: string): TextNode {
    this.#next += 1;
    if (node.flow) {
      if (node.end === node.start) node.end += 1; // the opening bracket
      // Only white space, a comma and comments stand between the last item and the bracket.
      const rest = /(?:[\s,:]|#[^\n]*\n)*/y;
      rest.lastIndex = node.end;
      rest.exec(this.#text);
      if (this.#text[rest.lastIndex] !== bracket) throw new Error("a collection without its end");
      node.end = rest.lastIndex + 1;
    }
    // The properties of a block collection stand on the line of its key, which splices must not touch.
    node.anchored = anchorStart >= 0;
    return node.flow ? this.#withProperties(node, anchorStart, tagStart) : node;
  }
}
