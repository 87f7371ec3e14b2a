"use client";

import { useEffect } from "react";
import { canHold, type Place, placeAfter, rememberPlace } from "./focus-place.ts";

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn"]);
/** Attributes that may take the focus from an element that stays. */
const HIDING = ["class", "style", "disabled", "hidden", "inert", "open"];
/** Places that are kept: a menu's entry, its dialog's field, the button that opened it, with room to spare. */
const PLACES_MAX = 12;

/** `data-keys` on the root while keys move the focus: see "focus-visible" in app/globals.css. */
function tellKeys(): () => void {
  const { dataset } = document.documentElement;
  const onKey = (event: KeyboardEvent) => {
    if (!MODIFIERS.has(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) dataset.keys = "";
  };
  const onPointer = () => void delete dataset.keys;
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("pointerdown", onPointer, true);
  return () => {
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("pointerdown", onPointer, true);
  };
}

/**
 * Puts the focus near where it was, when what had it is gone: a row with its own delete button, a button that another
 * took the place of, the opener of a dialog. Without that it falls to the body, and who works by keyboard or by ear
 * starts at the head of the page again (WCAG 2.4.3). A part of the page that knows better has moved it before this looks.
 */
function keepFocus(): () => void {
  let places: Place[] = [];
  let due: ReturnType<typeof setTimeout> | undefined;

  const onFocus = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || target === document.body) return;
    places = [rememberPlace(target), ...places.filter((place) => place.element !== target)].slice(0, PLACES_MAX);
  };
  /** A press on an empty part of the page takes the focus away on purpose: nothing is to be kept then. */
  const onBlur = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget !== null || !(target instanceof HTMLElement)) return;
    setTimeout(() => {
      if (document.hasFocus() && isLost() && canHold(target)) places = [];
    }, 0);
  };
  const isLost = () => document.activeElement === null || document.activeElement === document.body;
  const look = () => {
    due = undefined;
    const [last] = places;
    if (last && isLost() && !canHold(last.element)) placeAfter(places)?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    // After the frames in which react-aria gives the focus of a closed dialog back.
    due ??= setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(look)), 0);
  });
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: HIDING });
  document.addEventListener("focusin", onFocus);
  document.addEventListener("focusout", onBlur);
  return () => {
    observer.disconnect();
    clearTimeout(due);
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("focusout", onBlur);
  };
}

/** Both, once, in the root layout. */
export function useFocusCare(): void {
  useEffect(() => {
    const ends = [tellKeys(), keepFocus()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
}
