"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;
// navigator.platform, because its successor (userAgentData) is neither in WebKit nor in Firefox, nor on plain http.
const onApple = (): boolean => /^(Mac|iPhone|iPad)/.test(navigator.platform);

/** The key of shortcuts as it is called on the visitor's system; "Ctrl" until the browser has been asked. */
export const useCommandKey = (): "⌘" | "Ctrl" =>
  useSyncExternalStore(
    never,
    () => (onApple() ? "⌘" : "Ctrl"),
    () => "Ctrl",
  );
