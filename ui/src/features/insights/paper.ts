/** Paper and documents are white, whichever look the window has. */

/** The look of the window while another one is put on; `null` when none is. */
let worn: { look: string | undefined } | null = null;

/** Puts on the light look until `stopPaper`. */
export function startPaper(): void {
  const root = document.documentElement;
  worn ??= { look: root.dataset.mantineColorScheme };
  root.dataset.mantineColorScheme = 'light';
}

/** Back to the look of the window. */
export function stopPaper(): void {
  if (worn === null) return;
  const root = document.documentElement;
  if (worn.look === undefined) delete root.dataset.mantineColorScheme;
  else root.dataset.mantineColorScheme = worn.look;
  worn = null;
}

/** Runs `work` in the light look. */
export function onPaper<T>(work: () => T): T {
  if (worn !== null) return work();
  startPaper();
  try {
    return work();
  } finally {
    stopPaper();
  }
}
