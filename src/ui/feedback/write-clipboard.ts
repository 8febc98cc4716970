/**
 * Copies a text. Browsers give the clipboard of today to secure pages only; on plain HTTP from another machine a selection is copied,
 * as it was before. Answers whether the text was copied.
 */
export async function writeClipboard(text: string): Promise<boolean> {
  // Typed as always there, which it is on secure pages alone.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard === undefined) return copySelected(text);
  return clipboard.writeText(text).then(
    () => true,
    () => copySelected(text),
  );
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.position = "fixed";
  field.style.opacity = "0";
  // A dialog keeps the focus inside itself.
  (focused?.closest('[role="dialog"]') ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
