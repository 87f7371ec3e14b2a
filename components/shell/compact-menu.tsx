"use client";

import { Menu as MenuIcon, X } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components";
import { RailNav } from "./rail-nav.tsx";
import type { RailGroup } from "./shell-types.ts";

/** Below 1024 px: areas and rail behind one button, in a sheet at the side. Closes when the page changes. */
export function CompactMenu({ groups }: { groups: RailGroup[] }) {
  const pathname = usePathname();
  const [openAt, setOpenAt] = useState<string | null>(null);
  const square = "grid size-11 shrink-0 place-items-center rounded-1";
  return (
    <DialogTrigger isOpen={openAt === pathname} onOpenChange={(open) => setOpenAt(open ? pathname : null)}>
      <Button aria-label="Menu" className={`${square} -ms-3 -outline-offset-4 lg:hidden`}>
        <MenuIcon aria-hidden="true" className="size-4" />
      </Button>
      <ModalOverlay isDismissable className="fixed inset-0 z-50 animate-appear bg-scrim lg:hidden">
        <Modal className="h-full w-72 max-w-[85vw] overflow-y-auto bg-canvas shadow-2">
          <Dialog className="outline-none">
            <div className="flex h-12 items-center justify-between border-b border-line ps-5 pe-1">
              <Heading slot="title" level={2} className="font-semibold">
                Menu
              </Heading>
              <Button slot="close" aria-label="Close menu" className={square}>
                <X aria-hidden="true" className="size-4" />
              </Button>
            </div>
            <RailNav groups={groups} label="Menu" onNavigate={() => setOpenAt(null)} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
