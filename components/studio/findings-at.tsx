import { CircleX, Info, TriangleAlert } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import type { Finding } from "#lib/api-definition/compiled.ts";

const looks = {
  error: { icon: CircleX, text: "text-bad" },
  warning: { icon: TriangleAlert, text: "text-warn" },
  info: { icon: Info, text: "text-ink-2" },
};

interface FindingsAtProps {
  findings: Finding[];
  onFix: (finding: Finding) => void;
  onShow: (finding: Finding) => void;
}

/** Findings beside the field that they are about: cause, one-click fix, the line in the source. */
export function FindingsAt({ findings, onFix, onShow }: FindingsAtProps) {
  if (findings.length === 0) return null;
  return (
    <ul className="grid gap-2">
      {findings.map((finding) => {
        const { icon: Icon, text } = looks[finding.severity];
        return (
          <li key={finding.code + finding.pointer + finding.message} className={cx("flex gap-1.5 text-12", text)}>
            <Icon aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            <div className="min-w-0 flex-1 font-medium wrap-anywhere">
              <span className="sr-only">{finding.severity}: </span>
              {finding.message}{" "}
              <button type="button" className="font-normal whitespace-nowrap underline" onClick={() => onShow(finding)}>
                line {finding.line}
              </button>
              {finding.fix && (
                <Button size="sm" className="ms-2" onClick={() => onFix(finding)}>
                  {finding.fix.label}
                </Button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The fixes alone, under a field that shows the finding as its error. */
export function FixButtons({ findings, onFix }: Pick<FindingsAtProps, "findings" | "onFix">) {
  const fixable = findings.filter((finding) => finding.fix);
  if (fixable.length === 0) return null;
  return (
    <div className="-mt-2 flex flex-wrap gap-2">
      {fixable.map((finding) => (
        <Button key={finding.code + finding.pointer} size="sm" onClick={() => onFix(finding)}>
          {finding.fix?.label}
        </Button>
      ))}
    </div>
  );
}

/** The findings that a part of the form shows: those at or below one of its pointers. */
export const findingsUnder = (findings: Finding[], ...pointers: string[]): Finding[] =>
  findings.filter((f) => pointers.some((p) => f.pointer === p || f.pointer.startsWith(`${p}/`)));
