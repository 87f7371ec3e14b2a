"use client";

import { signOut } from "next-auth/react";
import { useState } from "react";
import { accountLine } from "#components/shell/account-menu.tsx";

/** The line of the account menu that ends the session on the server and leads to the catalog. */
export function SignOutButton() {
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      className={accountLine}
      onClick={() => {
        if (busy) return;
        setBusy(true);
        void signOut({ callbackUrl: "/" });
      }}
    >
      Sign out
    </button>
  );
}
