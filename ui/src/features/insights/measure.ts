/** How wide texts will be in the font of the window. */
import { type Measure, roughly } from './drawing';

let context: CanvasRenderingContext2D | null | undefined;
let family = '';
const known = new Map<string, number>();
const MOST_KNOWN = 5000;

export function fontOf(size: number, bold: boolean): string {
  if (family === '') family = getComputedStyle(document.body).fontFamily || 'sans-serif';
  return `${bold ? 600 : 400} ${size}px ${family}`;
}

export const measure: Measure = (text, size, bold) => {
  if (context === undefined) {
    const canvas = document.createElement('canvas');
    context = typeof canvas.getContext === 'function' ? canvas.getContext('2d') : null;
  }
  if (context === null || typeof context.measureText !== 'function') return roughly(text, size, bold);
  const font = fontOf(size, bold);
  const key = `${font}|${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  context.font = font;
  const { width } = context.measureText(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, width);
  return width;
};
