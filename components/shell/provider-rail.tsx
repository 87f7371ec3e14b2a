import { cx } from "#components/ui/cx.ts";
import { type ProviderRailProps, railGroups } from "./rail-groups.tsx";
import { RailNav } from "./rail-nav.tsx";

/** The provider's rail, 232 px, or 52 px of icons beside the studio. Below 1024 px it is in the lintel's menu. */
export function ProviderRail({ slim, ...props }: ProviderRailProps & { slim?: boolean }) {
  return (
    <div className={cx("shrink-0 border-e border-line max-lg:hidden", slim ? "w-rail-slim" : "w-rail")}>
      <div className="sticky top-0 max-h-dvh overflow-y-auto">
        <RailNav groups={railGroups(props)} label={props.organization.name} slim={slim} />
      </div>
    </div>
  );
}
