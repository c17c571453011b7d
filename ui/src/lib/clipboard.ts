/**
 * Puts a text on the clipboard. The modern way wants a click that is not long past, and some web views refuse it even then;
 * the old way, copying a selection, is tried next.
 */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    const box = document.createElement('textarea');
    box.value = text;
    box.style.position = 'fixed';
    box.style.opacity = '0';
    const focused = document.activeElement;
    document.body.append(box);
    box.select();
    const copied = document.execCommand('copy');
    box.remove();
    if (focused instanceof HTMLElement) focused.focus();
    if (!copied) throw error;
  }
}
