"use client";

import { yaml } from "@codemirror/lang-yaml";
import { lintKeymap } from "@codemirror/lint";
import { Annotation, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";
import type { Finding } from "#lib/api-definition/compiled.ts";
import { marksExtension, showMarks } from "./editor-marks.ts";
import { editorTheme } from "./editor-theme.ts";

export interface SourceEditorProps {
  value: string;
  onChange: (value: string) => void;
  findings: Finding[];
  onFix: (finding: Finding) => void;
  part: { from: number; to: number } | null;
  /** Scrolls to a line and puts the cursor there; a fresh object each time. */
  reveal: { line: number; column: number } | null;
  onCursor: (line: number, column: number) => void;
  readOnly?: boolean;
  label: string;
}

/** Marks what came from outside, so that it is not told back as typed. */
const outside = Annotation.define<boolean>();

/** The one range in which two texts differ, so that cursor and undo survive an edit of the form. */
function difference(before: string, after: string): { from: number; to: number; insert: string } {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** CodeMirror around the source of a definition. Tab leaves it; F8 goes to the next finding. Loaded when it is shown. */
export function SourceEditor(props: SourceEditorProps) {
  const { value, findings, part, reveal, readOnly = false, label } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent((text: string) => props.onChange(text));
  const moved = useEffectEvent((line: number, column: number) => props.onCursor(line, column));
  const fix = useEffectEvent((finding: Finding) => props.onFix(finding));

  // biome-ignore lint/correctness/useExhaustiveDependencies: a later value is dispatched below, not mounted anew
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          basicSetup,
          yaml(),
          keymap.of(lintKeymap),
          editorTheme,
          marksExtension,
          EditorState.readOnly.of(readOnly),
          // tabindex: read-only content is not editable, and what scrolls must be reachable by keyboard.
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            const own = update.docChanged && !update.transactions.some((t) => t.annotation(outside));
            if (own) changed(update.state.doc.toString());
            if (update.selectionSet || update.docChanged) {
              const { head } = update.state.selection.main;
              const line = update.state.doc.lineAt(head);
              moved(line.number, head - line.from + 1);
            }
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [readOnly, label]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const now = editor.state.doc.toString();
    if (now !== value) editor.dispatch({ changes: difference(now, value), annotations: outside.of(true) });
  }, [value]);

  useEffect(() => {
    if (view.current) showMarks(view.current, { findings, part, onFix: (finding) => fix(finding) });
  }, [findings, part]);

  const from = part?.from;
  useEffect(() => {
    const editor = view.current;
    if (!editor || !from || from > editor.state.doc.lines) return;
    editor.dispatch({
      effects: EditorView.scrollIntoView(editor.state.doc.line(from).from, { y: "nearest", yMargin: 100 }),
    });
  }, [from]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !reveal) return;
    const line = editor.state.doc.line(Math.min(Math.max(reveal.line, 1), editor.state.doc.lines));
    const at = Math.min(line.from + Math.max(reveal.column - 1, 0), line.to);
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    editor.focus();
  }, [reveal]);

  return <div ref={host} className="min-h-0 flex-1 overflow-hidden" />;
}
