// SPDX-License-Identifier: Apache-2.0
import { bits, perplexity, type StepEvent, type ValidationEvent } from '../loop/events.ts';
import { bold, count, duration, type Terminal } from '../terminal/terminal.ts';
import type { Reporter } from './reporter.ts';

/** In what a loss is told. */
export type LossUnit = 'bits' | 'perplexity';

/** Options of `terminalLine`. */
export interface TerminalLineOptions {
  /** Steps in all, to tell how many are left. */
  readonly steps: number;
  /** What one token is called. Default `token`. */
  readonly token?: string;
  /** Besides nats: bits a token, or the perplexity. Default `perplexity`. */
  readonly unit?: LossUnit;
}

/** Shows every step on a line that is written over, and each validation on one that stays. */
export function terminalLine(
  terminal: Terminal,
  { steps, token = 'token', unit = 'perplexity' }: TerminalLineOptions,
): Reporter {
  return {
    report: (event) => {
      if (event.type === 'step') terminal.status(describeStep(event, { steps, token, unit }));
      else if (event.type === 'validation') {
        terminal.line(bold(describeValidation(event, token, unit)));
      }
    },
    close: () => terminal.clearStatus(),
  };
}

function describeStep(
  event: StepEvent,
  { steps, token, unit }: Required<TerminalLineOptions>,
): string {
  const { step, loss, gradientNorm, tokens, tokensPerSecond } = event;
  const place = `step ${String(step).padStart(String(steps).length)}/${steps}`;
  const left = duration(((steps - step) * tokens) / tokensPerSecond);
  const speed = `${count(tokensPerSecond)} ${token}s/s`;
  // A narrow terminal cuts the end.
  return `${place}  loss ${describeLoss(loss, unit)}  ${left} left  ${speed}  norm ${gradientNorm.toFixed(4)}`;
}

function describeValidation(
  { step, loss, isBest }: ValidationEvent,
  token: string,
  unit: LossUnit,
): string {
  const perToken = unit === 'bits' ? ` a ${token}` : '';
  return `step ${step}  validation ${describeLoss(loss, unit)}${perToken}${isBest ? '' : '  (not the best)'}`;
}

/** `1.5000 nats, 2.1640 bits` or `1.5000 nats, perplexity 4.48`. */
export function describeLoss(nats: number, unit: LossUnit): string {
  const other =
    unit === 'bits' ? `${bits(nats).toFixed(4)} bits` : `perplexity ${perplexity(nats).toFixed(2)}`;
  return `${nats.toFixed(4)} nats, ${other}`;
}
