import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** In longhands: WebKit drops a `text-decoration` of more than its line. */
const underlined = (style: "wavy" | "dotted", color: string) => ({
  textDecorationLine: "underline",
  textDecorationStyle: style,
  textDecorationColor: color,
  textDecorationThickness: "1px",
  textUnderlineOffset: "3px",
});

/** The tokens of the interface on CodeMirror's parts; light and dark come from the custom properties themselves. */
const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "0.78125rem" },
  // The ring lies over everything: as an outline, the line numbers (they stick, with a layer of their own) cover an edge.
  "&.cm-focused": { outline: "none" },
  "&.cm-focused::after": {
    content: "''",
    position: "absolute",
    inset: "0",
    zIndex: "300",
    border: "2px solid var(--focus)",
    pointerEvents: "none",
  },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "1.25rem",
    fontVariantLigatures: "none",
    containerType: "inline-size",
  },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 8px 0 6px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--c-dim)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 12px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-line)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--accent-tint)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-tint)", outline: "1px solid var(--warn-line)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", border: "1px solid var(--line)", color: "var(--ink-2)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", fontFamily: "var(--sans)" },
  ".cm-panels.cm-panels-top, .cm-panels.cm-panels-bottom": { borderColor: "var(--line)" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    border: "1px solid var(--line-strong)",
    fontFamily: "var(--sans)",
  },
  ".cm-textfield": { backgroundColor: "var(--surface)", borderColor: "var(--line-strong)" },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-1)",
  },
  ".cm-panel.cm-search label, .cm-panel input, .cm-panel button": { fontSize: "var(--t-12)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    ...underlined("wavy", "var(--bad-solid)"),
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    ...underlined("wavy", "var(--warn-solid)"),
  },
  ".cm-lintRange-info": {
    backgroundImage: "none",
    ...underlined("dotted", "var(--info-solid)"),
  },
  ".cm-diagnostic": { padding: "6px 10px", fontSize: "var(--t-12)" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--accent-ink)", borderRadius: "var(--r-1)" },
  ".cm-part": { backgroundColor: "var(--accent-tint)" },
  ".cm-wrong": { backgroundColor: "var(--bad-tint)", boxShadow: "inset 2px 0 0 var(--bad-solid)" },
  // As wide as what is seen, not as the longest line: the fix stays in view when the text is scrolled sideways.
  ".cm-lens": {
    position: "sticky",
    left: "3.5rem",
    maxWidth: "calc(100cqi - 4.5rem)",
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: "4px 12px",
    padding: "5px 10px 6px 12px",
    backgroundColor: "var(--bad-tint)",
    boxShadow: "inset 2px 0 0 var(--bad-solid)",
    color: "var(--bad)",
    font: "500 var(--t-12)/var(--l-12) var(--sans)",
    whiteSpace: "normal",
  },
  ".cm-lens span": { flex: "1 1 12rem" },
  ".cm-lens button": {
    padding: "2px 8px",
    minHeight: "24px",
    color: "var(--ink)",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-1)",
    font: "550 var(--t-12)/1.2 var(--sans)",
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--c-key)" },
  { tag: [tags.string, tags.content, tags.special(tags.string)], color: "var(--c-string)" },
  { tag: [tags.number], color: "var(--c-number)" },
  { tag: [tags.bool, tags.null, tags.keyword, tags.squareBracket, tags.brace], color: "var(--c-word)" },
  { tag: [tags.comment, tags.meta, tags.separator, tags.punctuation], color: "var(--c-dim)" },
]);

export const editorTheme = [look, syntaxHighlighting(colours)];
