/** A node of a YAML or JSON text with its place: offsets of its own content, without comments around it. */
export interface TextNode {
  kind: "map" | "list" | "scalar" | "alias";
  start: number;
  end: number;
  /** Written with braces or brackets. */
  flow: boolean;
  /** An alias elsewhere means this node too. */
  anchored: boolean;
  quote: "" | '"' | "'" | "block";
  pairs: TextPair[];
  items: TextNode[];
}

export interface TextPair {
  name: string;
  key: TextNode;
  /** Empty (start = end, behind the colon) when nothing is written. */
  value: TextNode;
}

/** A node without children. */
export const newNode = (kind: TextNode["kind"], start: number, end: number): TextNode => ({
  kind,
  start,
  end,
  flow: false,
  anchored: false,
  quote: "",
  pairs: [],
  items: [],
});
