// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { count, duration, Terminal } from './terminal.ts';

class Screen {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 20;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

describe('Terminal', () => {
  it('rewrites one line on a terminal and cuts it to the width', () => {
    const screen = new Screen(true);
    const terminal = new Terminal(screen);
    terminal.status('step 1');
    terminal.status('a status that is loger than the line');
    terminal.line('validation');
    expect(screen.text).toBe('\r\u001b[Kstep 1\r\u001b[Ka status that is lo\r\u001b[Kvalidation\n');
  });

  it('prints every so many statuses as plain lines where the output is no terminal', () => {
    const screen = new Screen(false);
    const terminal = new Terminal(screen, { plainEvery: 2 });
    for (let step = 1; step <= 5; step++) terminal.status(`a status of step ${step}, not cut`);
    terminal.line('end');
    expect(screen.text).toBe('a status of step 2, not cut\na status of step 4, not cut\nend\n');
  });
});

describe('duration', () => {
  it('is minutes and seconds, and hours when there are any', () => {
    expect([0, 65, 3599.6, 7205].map(duration)).toEqual(['0:00', '1:05', '1:00:00', '2:00:05']);
  });
});

describe('count', () => {
  it('groups digits', () => {
    expect(count(1213146.4)).toBe('1,213,146');
  });
});
