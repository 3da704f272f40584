// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../crc32c.ts';
import type { StepEvent, TrainingEvent } from '../loop/events.ts';
import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import { type Reporter, reportTo } from './reporter.ts';
import { tensorBoard } from './tensorboard.ts';
import { type Scalar, scalarsRecord, versionRecord } from './tensorboard-records.ts';

const step: StepEvent = {
  type: 'step',
  step: 3,
  loss: 0.1 + 0.2,
  gradientNorm: 1.5,
  learningRate: 1e-3,
  skipped: false,
  tokens: 2048,
  tokensPerSecond: 12345.678,
  seconds: 2.5,
  heapBytes: 16_777_216,
};
const events: TrainingEvent[] = [
  step,
  { type: 'validation', step: 3, loss: 2, isBest: true },
  { type: 'saved', step: 3, path: 'runs/a, "b".safetensors' },
  { type: 'end', step: 3, reason: 'steps' },
];

function textOf(make: (write: (text: string) => void) => Reporter): string {
  let text = '';
  const reporter = make((more) => {
    text += more;
  });
  for (const event of events) reporter.report(event);
  reporter.close?.();
  return text;
}

describe('jsonLines', () => {
  it('gives every event back to the last digit, one a line', () => {
    const lines = textOf(jsonLines).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(events);
  });
});

describe('csv', () => {
  it('has a header, and a row for each step and validation', () => {
    expect(textOf(csv)).toBe(
      'type,step,loss,gradientNorm,learningRate,skipped,tokens,tokensPerSecond,seconds,heapBytes,isBest\n' +
        'step,3,0.30000000000000004,1.5,0.001,false,2048,12345.678,2.5,16777216,\n' +
        'validation,3,2,,,,,,,,true\n',
    );
  });

  it('leaves the header out where the lines go on in a file', () => {
    expect(textOf((write) => csv(write, { header: false }))).toMatch(/^step,3/);
  });
});

const golden = new URL('../../../../conformance/tensorboard/', import.meta.url);

interface Golden {
  readonly startTime: number;
  readonly events: readonly {
    readonly wallTime: number;
    readonly step: number;
    readonly scalars: readonly { readonly tag: string; readonly value: number | string }[];
  }[];
}

describe('TensorBoard records', () => {
  it("are byte for byte what TensorBoard's own writer makes", () => {
    const { startTime, events }: Golden = JSON.parse(
      readFileSync(new URL('events.json', golden), 'utf8'),
    );
    const scalarsOf = (scalars: Golden['events'][number]['scalars']): Scalar[] =>
      scalars.map(({ tag, value }) => ({ tag, value: Number(value) }));
    const records = [
      versionRecord(startTime),
      ...events.map(({ wallTime, step, scalars }) => {
        return scalarsRecord(wallTime, step, scalarsOf(scalars));
      }),
    ];
    const expected = readFileSync(new URL('events.tfevents', golden));
    expect(Buffer.concat(records).equals(expected)).toBe(true);
  });

  it.each([
    ['32 zero bytes', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])('have the checksum that RFC 3720 gives for %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
    expect(crc32c(bytes.subarray(5), crc32c(bytes.subarray(0, 5)))).toBe(expected);
  });
});

describe('tensorBoard', () => {
  it('writes a version, then the numbers of each step and validation', () => {
    const written: Uint8Array[] = [];
    const reporter = tensorBoard((bytes) => written.push(bytes), { clock: () => 1500 });
    for (const event of events) reporter.report(event);
    const scalars = [
      { tag: 'loss/training', value: step.loss },
      { tag: 'gradient norm', value: 1.5 },
      { tag: 'learning rate', value: 1e-3 },
      { tag: 'tokens a second', value: 12345.678 },
      { tag: 'heap bytes', value: 16_777_216 },
    ];
    expect(written).toEqual([
      versionRecord(1.5),
      scalarsRecord(1.5, 3, scalars),
      scalarsRecord(1.5, 3, [{ tag: 'loss/validation', value: 2 }]),
    ]);
  });
});

describe('reportTo', () => {
  it('hands every event to every reporter and closes them, also when the loop throws', async () => {
    const heard: string[] = [];
    const listener = (name: string): Reporter => ({
      report: ({ type }) => heard.push(`${name} ${type}`),
      close: () => heard.push(`${name} close`),
    });
    async function* failing() {
      yield step;
      throw new Error('out of ink');
    }
    const events = reportTo([listener('a'), listener('b')], failing());
    expect(await events.next()).toMatchObject({ value: step });
    await expect(events.next()).rejects.toThrow('out of ink');
    expect(heard).toEqual(['a step', 'b step', 'a close', 'b close']);
  });
});
