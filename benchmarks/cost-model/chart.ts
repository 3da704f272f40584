// SPDX-License-Identifier: Apache-2.0

/** A place in a chart, in units of its axes. */
export type Point = readonly [x: number, y: number];

/** An axis: its marks, from the first to the last. */
export interface Axis {
  readonly marks: readonly number[];
  readonly scale: 'linear' | 'log2';
  /** Follows each number. */
  readonly unit?: string;
}

/** A line, drawn by the style sheet's class. */
export interface Line {
  readonly style: string;
  readonly points: readonly Point[];
}

/** A chart of lines and dots. */
export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly dots: readonly Point[];
}

/** Where a chart goes, without what is written around it; pixels. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A chart as elements of an SVG. */
export function drawChart(chart: Chart, frame: Frame): string {
  const place = placer(chart, frame);
  return [
    text([frame.left, frame.top - 14], chart.title, 'title'),
    ...chart.y.marks.map((mark) => drawMarkOfY(chart, mark, place)),
    ...chart.x.marks.map((mark) => drawMarkOfX(chart, mark, place)),
    ...chart.lines.map(({ style, points }) => {
      return `<polyline class="line ${style}" points="${points.map((p) => pair(place(p))).join(' ')}"/>`;
    }),
    ...chart.dots.map((dot) => {
      const [x, y] = place(dot);
      return `<circle class="dot" cx="${round(x)}" cy="${round(y)}" r="4.5"/>`;
    }),
  ].join('\n');
}

/** Text of an SVG. */
export function text([x, y]: Point, content: string, style: string): string {
  return `<text class="${style}" x="${round(x)}" y="${round(y)}">${content}</text>`;
}

type Place = (point: Point) => Point;

function placer({ x, y }: Chart, { left, top, width, height }: Frame): Place {
  const across = shareOf(x);
  const up = shareOf(y);
  return ([px, py]) => [left + width * across(px), top + height * (1 - up(py))];
}

/** How far along its axis a value is: 0 at the first mark, 1 at the last. */
function shareOf({ marks, scale }: Axis): (value: number) => number {
  const measure = scale === 'log2' ? Math.log2 : (value: number) => value;
  const first = measure(marks[0] ?? 0);
  const last = measure(marks.at(-1) ?? 1);
  return (value) => (measure(value) - first) / (last - first);
}

function drawMarkOfY({ x, y }: Chart, mark: number, place: Place): string {
  const start = place([x.marks[0] ?? 0, mark]);
  const end = place([x.marks.at(-1) ?? 0, mark]);
  const label = text([start[0] - 8, start[1] + 4], `${mark}${y.unit ?? ''}`, 'end');
  return `${gridLine(start, end)}\n${label}`;
}

function drawMarkOfX({ x, y }: Chart, mark: number, place: Place): string {
  const [left, bottom] = place([mark, y.marks[0] ?? 0]);
  return text([left, bottom + 20], `${mark}${x.unit ?? ''}`, 'middle');
}

function gridLine([x1, y1]: Point, [x2, y2]: Point): string {
  const ends = `x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"`;
  return `<line class="grid" ${ends}/>`;
}

function pair([x, y]: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
