import { Check, ChevronsUpDown } from "lucide-react";
import { Menu } from "#components/ui/menu.tsx";

interface VersionSwitchProps {
  version: string;
  /** All that are live at the address, the highest first. */
  versions: { version: string; href: string; current: boolean }[];
}

/** The version that the page shows, and the others of its address. */
export function VersionSwitch({ version, versions }: VersionSwitchProps) {
  if (versions.length < 2) return version;
  return (
    // The room of a focus ring on all sides: what surrounds the facts of a page is cut off.
    <span className="-my-1 inline-block px-1 py-1">
      <Menu
        label={`Version ${version}, choose another`}
        entries={versions.map((one) => ({
          label: one.version,
          href: one.href,
          icon: <Check aria-hidden="true" className={one.current ? undefined : "invisible"} />,
        }))}
        variant="line"
      >
        <span className="max-w-60 truncate font-mono text-12">{version}</span>
        <ChevronsUpDown aria-hidden="true" className="text-ink-3" />
      </Menu>
    </span>
  );
}
