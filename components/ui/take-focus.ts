/** A ref that brings the focus to its element once it is there, after react-aria gave back that of a closed dialog. */
export function takeFocus(element: HTMLElement | null): void {
  if (element) requestAnimationFrame(() => requestAnimationFrame(() => element.focus()));
}
