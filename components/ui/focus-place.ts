/** Where the focus was: the element, and for each element around it which child it came from, innermost first. */
export interface Place {
  element: HTMLElement;
  trail: { parent: Element; index: number }[];
}

/** What takes a press. Not what is typed into: on a telephone that would bring the keyboard up unasked. */
const PRESSED = "button, a[href], summary, [role=button], [role=tab]";

export function rememberPlace(element: HTMLElement): Place {
  const trail: Place["trail"] = [];
  for (let node: Element = element; node.parentElement; node = node.parentElement)
    trail.push({ parent: node.parentElement, index: [...node.parentElement.children].indexOf(node) });
  return { element, trail };
}

/** Whether an element is there, seen, and able to have the focus. */
export const canHold = (element: HTMLElement): boolean =>
  element.isConnected &&
  element.checkVisibility({ visibilityProperty: true }) &&
  !element.matches(":disabled") &&
  element.closest("[inert]") === null;

const pressedIn = (element: Element): HTMLElement | undefined =>
  [element, ...element.querySelectorAll(PRESSED)].find(
    (found): found is HTMLElement =>
      found instanceof HTMLElement && found.matches(PRESSED) && found.tabIndex >= 0 && canHold(found),
  );

/** Takes the focus by script alone, for what is no control. */
function madeAble(element: HTMLElement): HTMLElement {
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  return element;
}

/** What stands now where the first place was: the thing after it, else before it, else around it; at most up to `main`. */
function near({ trail }: Place): HTMLElement | undefined {
  const at = trail.findIndex(({ parent }) => parent.isConnected);
  for (const { parent, index } of trail.slice(Math.max(at, 0))) {
    if (!(parent instanceof HTMLElement) || parent === document.body) return undefined;
    if (parent.matches("main, [role=dialog], [role=alertdialog]")) return madeAble(parent);
    const children = [...parent.children];
    for (const child of [...children.slice(index), ...children.slice(0, index).reverse()]) {
      const found = pressedIn(child);
      if (found) return found;
    }
  }
  return undefined;
}

/**
 * Where the focus goes when the newest of `places` cannot have it any more: near it, or, when all around it is gone (a
 * dialog, a menu), to the place before, which is what opened it; in the end to `main`.
 */
export function placeAfter(places: Place[]): HTMLElement | undefined {
  for (const place of places) {
    if (canHold(place.element)) return place.element;
    const found = near(place);
    if (found) return found;
  }
  const main = document.querySelector("main");
  return main ? madeAble(main) : undefined;
}
