// SPDX-License-Identifier: Apache-2.0
import { styleText } from 'node:util';

/** Where a `Terminal` writes: the parts of a stream that it uses. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Prints text. */
  write(text: string): unknown;
}

/**
 * Lines that stay and, under them, one line that is written over and over. Where the output is no
 * terminal there is nothing to write over, and only every `plainEvery`-th status is printed.
 */
export class Terminal {
  readonly #stream: TerminalStream;
  readonly #plainEvery: number;
  #statuses = 0;
  #hasStatus = false;

  constructor(stream: TerminalStream, { plainEvery = 50 }: { readonly plainEvery?: number } = {}) {
    this.#stream = stream;
    this.#plainEvery = plainEvery;
  }

  /** Prints a line that stays. */
  line(text = ''): void {
    this.clearStatus();
    this.#stream.write(`${text}\n`);
  }

  /** Replaces the status line. */
  status(text: string): void {
    this.#statuses++;
    if (this.#stream.isTTY === true) {
      // A line that wraps could not be written over.
      const visible = text.slice(0, (this.#stream.columns ?? 80) - 1);
      this.#stream.write(`\r\u001b[K${visible}`);
      this.#hasStatus = true;
    } else if (this.#statuses % this.#plainEvery === 0) {
      this.#stream.write(`${text}\n`);
    }
  }

  /** Takes the status line away. */
  clearStatus(): void {
    if (!this.#hasStatus) return;
    this.#stream.write('\r\u001b[K');
    this.#hasStatus = false;
  }
}

/** Bold on a terminal; plain where the output is none or `NO_COLOR` is set. */
export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

/** `1:05` for 65 seconds, `2:00:00` for two hours. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `1,213,146`: the same on every machine, whatever its language. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
