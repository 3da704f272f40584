// SPDX-License-Identifier: Apache-2.0
import uPlot from 'uplot';
import type { Validation } from './protocol.ts';

/** Milliseconds between two drawings while losses come in. */
const drawInterval = 200;

const height = 260;

/** What the chart shows, in nats a character. */
export interface ChartLosses {
  /** Of each training step from the first on. */
  readonly losses: readonly number[];
  readonly validations: readonly Validation[];
}

/** Losses over training steps, in bits a character. */
export class LossChart {
  readonly #plot: uPlot;
  #drawnAt = 0;
  #pending: ReturnType<typeof setTimeout> | undefined;

  constructor(container: HTMLElement) {
    const options = chartOptions(container.clientWidth);
    this.#plot = new uPlot(options, dataOf({ losses: [], validations: [] }), container);
    new ResizeObserver(() => {
      this.#plot.setSize({ width: container.clientWidth, height });
    }).observe(container);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#plot.redraw(false, true);
    });
  }

  /** Shows losses, at once or a moment later when the last drawing was just made. */
  show(losses: ChartLosses): void {
    clearTimeout(this.#pending);
    const wait = this.#drawnAt + drawInterval - performance.now();
    if (wait <= 0) this.#draw(losses);
    else this.#pending = setTimeout(() => this.#draw(losses), wait);
  }

  #draw(losses: ChartLosses): void {
    this.#drawnAt = performance.now();
    this.#plot.setData(dataOf(losses));
  }
}

/** Steps, training losses, and validation losses where there are any. */
function dataOf({ losses, validations }: ChartLosses): uPlot.AlignedData {
  const steps = Array.from(losses, (_, i) => i + 1);
  const validation: (number | null)[] = steps.map(() => null);
  for (const { step, loss } of validations) validation[step - 1] = bits(loss);
  return [steps, losses.map(bits), validation];
}

/** Nats as bits. `@tapeloop/train` has it too, but only the worker loads that. */
export function bits(nats: number): number {
  return nats / Math.LN2;
}

function chartOptions(width: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colour('--quiet'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const value: uPlot.Series.Value = (_, loss: number | null) => loss?.toFixed(3) ?? '–';
  return {
    width,
    height,
    legend: { live: true },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: false, range: (_, min, max) => [min, Math.max(max, 10)] } },
    axes: [
      { ...axis, space: 70, size: 32 },
      { ...axis, size: 40 },
    ],
    series: [
      { label: 'Step', value: (_, step: number | null) => (step === null ? '–' : String(step)) },
      { label: 'Training', stroke: () => colour('--training'), width: 1.25, value },
      {
        label: 'Validation',
        stroke: () => colour('--validation'),
        width: 2,
        spanGaps: true,
        points: { show: true, size: 5, fill: () => colour('--validation') },
        value,
      },
    ],
  };
}

/** A colour of the style sheet, which differs by day and night. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
