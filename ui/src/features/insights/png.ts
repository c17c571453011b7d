/** A report as a picture to put into a document: painted from the same drawings as the screen, on white. */
import {
  type Chart,
  type Drawing,
  draw,
  fitted,
  HATCH,
  type Measure,
  OPACITY,
  type Shape,
  shifted,
  type Tone,
} from './drawing';
import { fontOf, measure } from './measure';
import { onPaper } from './paper';

/** Sharp on every screen and in print. */
const SCALE = 2;
const WIDTH = 880;
const PAD = 24;
const TITLE = 17;
const NOTE = 11;
const BETWEEN = 16;

export interface Sheet {
  title: string;
  /** What the figures are of, line by line: period, filter, as of. */
  notes: readonly string[];
}

/** The whole picture: title, notes, and the charts below each other. */
export function sheetOf<M>(sheet: Sheet, charts: readonly Chart<M>[], measured: Measure): Drawing<M> {
  const inside = WIDTH - 2 * PAD;
  const shapes: Shape[] = [];
  const say = (text: string, y: number, size: number, bold: boolean, tone: Tone): void => {
    shapes.push({
      is: 'text',
      x: PAD,
      y,
      text: fitted(text, inside, size, bold, measured),
      size,
      bold,
      anchor: 'start',
      tone,
    });
  };
  let y = PAD + TITLE;
  say(sheet.title, y, TITLE, true, 'ink');
  for (const note of sheet.notes) {
    y += 18;
    say(note, y, NOTE, false, 'dim');
  }
  for (const chart of charts) {
    y += BETWEEN;
    const drawing = draw(chart, inside, measured);
    shapes.push(...shifted(drawing.shapes, PAD, y));
    y += drawing.height;
  }
  return { width: WIDTH, height: Math.ceil(y + PAD), shapes, marks: [] };
}

export type Colours = (tone: Tone) => string;

/** What painting needs of a canvas. */
export type Brush = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'clip'
  | 'fillRect'
  | 'fillText'
  | 'lineTo'
  | 'moveTo'
  | 'rect'
  | 'restore'
  | 'save'
  | 'setLineDash'
  | 'stroke'
  | 'strokeRect'
  | 'fillStyle'
  | 'font'
  | 'globalAlpha'
  | 'lineWidth'
  | 'strokeStyle'
  | 'textAlign'
>;

export function paintShapes(brush: Brush, shapes: readonly Shape[], colours: Colours, font = fontOf): void {
  for (const shape of shapes) {
    brush.save();
    if (shape.is === 'text') {
      brush.font = font(shape.size, shape.bold);
      brush.fillStyle = colours(shape.tone);
      brush.textAlign = shape.anchor === 'middle' ? 'center' : shape.anchor;
      brush.fillText(shape.text, shape.x, shape.y);
    } else if (shape.is === 'line') {
      brush.strokeStyle = colours(shape.tone);
      brush.lineWidth = shape.width;
      brush.setLineDash(shape.dashed ? [4, 3] : []);
      brush.beginPath();
      shape.points.forEach(([x, y], index) => {
        if (index === 0) brush.moveTo(x, y);
        else brush.lineTo(x, y);
      });
      brush.stroke();
    } else if (shape.paint.how === 'hatched') {
      const { x, y, width, height } = shape;
      brush.strokeStyle = colours(shape.paint.tone);
      brush.lineWidth = 1;
      brush.strokeRect(x, y, width, height);
      brush.beginPath();
      brush.rect(x, y, width, height);
      brush.clip();
      brush.lineWidth = HATCH.line;
      brush.beginPath();
      // At 45 degrees, lines that far apart are this far apart along the edge.
      const step = HATCH.step * Math.SQRT2;
      for (let at = x; at < x + width + height; at += step) {
        brush.moveTo(at, y);
        brush.lineTo(at - height, y + height);
      }
      brush.stroke();
    } else {
      brush.fillStyle = colours(shape.paint.tone);
      brush.globalAlpha = OPACITY[shape.paint.how];
      brush.fillRect(shape.x, shape.y, shape.width, shape.height);
    }
    brush.restore();
  }
}

/** The colours of the tokens as they are now, asked for once each. */
function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  const known = new Map<Tone, string>();
  return (tone) => {
    const before = known.get(tone);
    if (before !== undefined) return before;
    const colour = style.getPropertyValue(`--${tone}`).trim();
    known.set(tone, colour);
    return colour;
  };
}

/** The picture as PNG, in base64. */
export function toPng<M>(sheet: Sheet, charts: readonly Chart<M>[]): string {
  const drawing = sheetOf(sheet, charts, measure);
  const canvas = document.createElement('canvas');
  canvas.width = drawing.width * SCALE;
  canvas.height = drawing.height * SCALE;
  const brush = canvas.getContext('2d');
  if (brush === null) throw new Error('The web view gave no canvas to paint on');
  brush.scale(SCALE, SCALE);
  brush.fillStyle = '#ffffff';
  brush.fillRect(0, 0, drawing.width, drawing.height);
  onPaper(() => paintShapes(brush, drawing.shapes, coloursNow()));
  const url = canvas.toDataURL('image/png');
  return url.slice(url.indexOf(',') + 1);
}
