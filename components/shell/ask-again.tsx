"use client";

import { useEffect } from "react";

/**
 * Reloads a page of a signed-in person that the browser took from its memory (Back, Forward): the person may have signed
 * out since, and no request has asked. WebKit keeps such pages over plain http, whatever `Cache-Control` says. Nothing is
 * seen meanwhile.
 */
export function AskAgain() {
  useEffect(() => {
    const onShow = (event: PageTransitionEvent) => {
      if (!event.persisted) return;
      document.documentElement.style.visibility = "hidden";
      window.location.reload();
    };
    window.addEventListener("pageshow", onShow);
    return () => window.removeEventListener("pageshow", onShow);
  }, []);
  return null;
}
