import type { Finding } from "#lib/api-definition/compiled.ts";
import type { Design } from "./use-design.ts";

/** What every part of the design form gets. */
export interface DesignSectionProps {
  design: Design;
  onFix: (finding: Finding) => void;
  /** Shows a finding's line in the source. */
  onShow: (finding: Finding) => void;
}
