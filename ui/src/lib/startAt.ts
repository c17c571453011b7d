import { remember } from './remembered';

/** Lets the screens of a profile begin at that address the next time they are shown. */
export function startAt(profile: string, path: string): void {
  // The one counts when another profile was shown before, the other when none or the same was.
  remember(`address.${profile}`, path);
  window.history.replaceState(null, '', path);
}
