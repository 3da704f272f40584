// SPDX-License-Identifier: Apache-2.0
import type { Link } from './all-reduce-time.ts';
import { type Axis, type Chart, drawChart, type Line, type Point, text } from './chart.ts';
import type { Parameters } from './parameters.ts';
import { headline, machines, networks } from './predictions.ts';
import { efficiency, speedUp } from './step-time.ts';

const [width, height] = [920, 420];

/** Colours and dashes, readable on light and on dark, and without seeing colours. */
const style = `
svg { font: 13px system-ui, sans-serif; }
.back { fill: #ffffff; }
text { fill: #3a3f45; }
.title { font-weight: 600; fill: #16191d; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.grid { stroke: #dfe3e8; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.ideal { stroke: #8a9099; stroke-width: 1.5; stroke-dasharray: 2 4; }
.network-0 { stroke: #c2410c; }
.network-1 { stroke: #0f7b6c; stroke-dasharray: 9 4; }
.network-2 { stroke: #2563c9; stroke-dasharray: 14 4 3 4; }
.network-3 { stroke: #7c3aad; stroke-dasharray: 4 3; }
.dot { fill: #16191d; stroke: #ffffff; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
.back { fill: #14171b; }
text { fill: #c3c9d1; }
.title { fill: #f1f3f5; }
.grid { stroke: #30363d; }
.network-0 { stroke: #ff8a4c; }
.network-1 { stroke: #3fc9b0; }
.network-2 { stroke: #79aaff; }
.network-3 { stroke: #c99bf5; }
.dot { fill: #f1f3f5; stroke: #14171b; }
}`;

const x: Axis = { marks: machines, scale: 'log2' };

/** Predicted speed-up and efficiency against the number of machines, as an SVG. */
export function figure(parameters: Parameters): string {
  const title = titleOf(parameters);
  const size = { top: 104, width: 360, height: 250 };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${title}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="back" width="${width}" height="${height}" rx="8"/>`,
    text([24, 30], title, 'title'),
    ...legend(parameters),
    drawChart(speedUpChart(parameters), { left: 60, ...size }),
    drawChart(efficiencyChart(parameters), { left: 530, ...size }),
    text([width / 2, height - 20], 'machines, with one rank each', 'middle'),
    '</svg>\n',
  ].join('\n');
}

function titleOf(parameters: Parameters): string {
  const { model, job } = headline(parameters);
  return (
    `A model, not a measurement: two LSTM layers of ${model.hidden}, ${job.rows} rows × ` +
    `${model.window} tokens on each machine`
  );
}

/** Names of the lines, each behind a piece of its line. */
function legend(parameters: Parameters): string[] {
  const pieceOf = (style: string) => `<line class="line ${style}" x1="0" y1="-4" x2="36" y2="-4"/>`;
  const entries = [
    ...networks(parameters).map(({ name }, i) => ({ name, key: pieceOf(`network-${i}`) })),
    { name: 'ideal', key: pieceOf('ideal') },
    { name: 'measured: two workers here', key: '<circle class="dot" cx="18" cy="-4" r="4.5"/>' },
  ];
  let left = 24;
  return entries.map(({ name, key }) => {
    const entry = `<g transform="translate(${left} 58)">${key}${text([42, 0], name, 'name')}</g>`;
    left += 66 + characterWidth * name.length;
    return entry;
  });
}

/** Of the legend, at most. */
const characterWidth = 7.2;

function speedUpChart(parameters: Parameters): Chart {
  const { job } = headline(parameters);
  return {
    title: 'Speed-up over one machine',
    x,
    y: { marks: machines, scale: 'log2', unit: '×' },
    lines: linesOf(parameters, {
      ideal: (ranks) => ranks,
      predicted: (ranks, link) => speedUp(ranks, job, link),
    }),
    dots: measuredSpeedUps(parameters).map((measured) => [2, measured]),
  };
}

function efficiencyChart(parameters: Parameters): Chart {
  const { job } = headline(parameters);
  return {
    title: 'Efficiency: the part of a step that computes',
    x,
    y: { marks: [0, 20, 40, 60, 80, 100], scale: 'linear', unit: ' %' },
    lines: linesOf(parameters, {
      ideal: () => 100,
      predicted: (ranks, link) => 100 * efficiency(ranks, job, link),
    }),
    dots: measuredSpeedUps(parameters).map((measured) => [2, 50 * measured]),
  };
}

interface Functions {
  readonly ideal: (ranks: number) => number;
  readonly predicted: (ranks: number, link: Link) => number;
}

function linesOf(parameters: Parameters, { ideal, predicted }: Functions): Line[] {
  const pointsOf = (value: (ranks: number) => number) => {
    return machines.map((ranks): Point => [ranks, value(ranks)]);
  };
  return [
    { style: 'ideal', points: pointsOf(ideal) },
    ...networks(parameters).map(({ link }, i) => {
      return { style: `network-${i}`, points: pointsOf((ranks) => predicted(ranks, link)) };
    }),
  ];
}

/** Of two workers of this machine, with the model and the batch of the figure. */
function measuredSpeedUps(parameters: Parameters): number[] {
  const { model, job } = headline(parameters);
  return parameters.twoWorkers
    .filter(({ hidden, rows }) => hidden === model.hidden && rows === job.rows)
    .map(({ speedUp }) => speedUp.median);
}
