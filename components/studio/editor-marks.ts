import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { type EditorState, type Extension, type Range, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { Finding } from "#lib/api-definition/compiled.ts";

export interface Marks {
  findings: Finding[];
  /** First and last line of the part that the form has open; tinted in both panes. */
  part: { from: number; to: number } | null;
  onFix: (finding: Finding) => void;
}

const setMarks = StateEffect.define<Marks>();

/** More lenses than this would bury the text; the others keep their underline and stand in the list below. */
const LENSES_MAX = 20;

const lineOf = (doc: Text, number: number) => doc.line(Math.min(Math.max(number, 1), doc.lines));

class Lens extends WidgetType {
  readonly finding: Finding;
  readonly onFix: Marks["onFix"];
  constructor(finding: Finding, onFix: Marks["onFix"]) {
    super();
    this.finding = finding;
    this.onFix = onFix;
  }
  override eq(other: Lens): boolean {
    return other.finding === this.finding;
  }
  override toDOM(): HTMLElement {
    const box = document.createElement("div");
    box.className = "cm-lens";
    const text = document.createElement("span");
    // textContent: a message may repeat names from the definition, which somebody else wrote.
    text.textContent = this.finding.message;
    box.append(text);
    const { fix } = this.finding;
    if (fix) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = fix.label;
      button.addEventListener("click", () => this.onFix(this.finding));
      box.append(button);
    }
    return box;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

function decorate(state: EditorState, { findings, part, onFix }: Marks): DecorationSet {
  const { doc } = state;
  const marks: Range<Decoration>[] = [];
  if (part) {
    const last = Math.min(part.to, doc.lines);
    for (let n = Math.max(part.from, 1); n <= last; n++) {
      marks.push(Decoration.line({ class: "cm-part" }).range(doc.line(n).from));
    }
  }
  const errors = findings.filter((f) => f.severity === "error" && f.line <= doc.lines).slice(0, LENSES_MAX);
  for (const finding of errors) {
    const line = lineOf(doc, finding.line);
    marks.push(Decoration.line({ class: "cm-wrong" }).range(line.from));
    marks.push(Decoration.widget({ widget: new Lens(finding, onFix), block: true, side: 1 }).range(line.to));
  }
  return Decoration.set(marks, true);
}

const marksField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) return decorate(transaction.state, effect.value);
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const marksExtension: Extension = marksField;

/** Where a finding underlines: from its column to the end of the line, without the comment. */
function toDiagnostic(doc: Text, finding: Finding, onFix: Marks["onFix"]): Diagnostic {
  const line = lineOf(doc, finding.line);
  const from = Math.min(line.from + Math.max(finding.column - 1, 0), line.to);
  const { fix } = finding;
  return {
    from,
    to: Math.max(from, line.to),
    severity: finding.severity,
    message: finding.message,
    ...(fix && { actions: [{ name: fix.label, apply: () => onFix(finding) }] }),
  };
}

/** Shows findings (underline, lens with its fix, F8) and the part that the form has open. */
export function showMarks(view: EditorView, marks: Marks): void {
  const diagnostics = marks.findings
    .map((finding) => toDiagnostic(view.state.doc, finding, marks.onFix))
    .sort((a, b) => a.from - b.from);
  view.dispatch({ effects: setMarks.of(marks) });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
