/** Whether it could be an address at all; the host looks whether HaloPSA answers there. */
export function looksLikeAddress(typed: string): boolean {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return false;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
    const local = url.hostname === 'localhost' || url.hostname.startsWith('127.') || url.hostname.startsWith('[');
    return (url.protocol === 'https:' || url.protocol === 'http:') && (local || url.hostname.includes('.'));
  } catch {
    return false;
  }
}
