// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import type { CellKind, Corpus } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PageMessage, WorkerMessage } from '../protocol.ts';
import type { ModelSettings } from '../settings.ts';
import { Session } from './session.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Twenty sorts of characters in an order that can be learnt. */
const corpus: Corpus = {
  name: 'wal.txt',
  text: Array.from({ length: 4000 }, (_, i) => 'abcdefghij klmnopqr\n'[(i + (i % 3)) % 20]).join(
    '',
  ),
};

const settings: ModelSettings = {
  cell: 'lstm',
  units: 16,
  layers: 2,
  inputDropout: 0.1,
  stateDropout: 0.1,
  outputDropout: 0.1,
  variational: true,
};

/** A session with all that it said. */
class Recorded {
  readonly messages: WorkerMessage[] = [];
  readonly session = new Session((message) => this.messages.push(message));

  async train(until: number): Promise<void> {
    while (this.losses.length < until) {
      await this.session.work();
      // What was not reported yet comes with the answer.
      this.say({ type: 'goOn' });
    }
  }

  /** Works until it rests. */
  async rest(): Promise<void> {
    while (this.session.isBusy) await this.session.work();
  }

  say(message: PageMessage): void {
    this.session.handle(message);
  }

  /** The losses of all steps that it made. */
  get losses(): number[] {
    return this.of('steps').flatMap(({ losses }) => losses);
  }

  get written(): string {
    return this.of('writing')
      .map(({ characters }) => characters)
      .join('');
  }

  of<T extends WorkerMessage['type']>(type: T): Extract<WorkerMessage, { type: T }>[] {
    return this.messages.filter((message): message is Extract<WorkerMessage, { type: T }> => {
      return message.type === type;
    });
  }

  get savedBytes(): Uint8Array {
    return this.of('saved').at(-1)?.save.bytes ?? new Uint8Array();
  }
}

describe('training', () => {
  it.each<CellKind>(['lstm', 'gru', 'rnn'])(
    'brings the loss below 0.6 of the first within 40 steps, with dropout: %s',
    async (cell) => {
      const recorded = new Recorded();
      recorded.say({ type: 'start', corpus, settings: { ...settings, cell, units: 32 } });
      await recorded.train(40);
      recorded.session.dispose();
      const { losses } = recorded;
      expect(losses.at(-1)).toBeLessThan(0.6 * (losses[0] ?? 0));
      const validations = recorded.of('validation').map(({ validation }) => validation);
      expect(validations.map(({ step }) => step)).toEqual([1, 2, 5, 10, 20]);
      expect(validations.at(-1)?.loss).toBeLessThan(validations[0]?.loss ?? 0);
    },
  );

  it('rests while it is paused, and goes on as if it had not been', async () => {
    const paused = new Recorded();
    paused.say({ type: 'start', corpus, settings });
    await paused.train(5);
    paused.say({ type: 'pause' });
    await paused.rest();
    expect(paused.losses).toHaveLength(5);
    paused.say({ type: 'goOn' });
    await paused.train(10);
    paused.session.dispose();

    const straight = new Recorded();
    straight.say({ type: 'start', corpus, settings });
    await straight.train(10);
    straight.session.dispose();
    expect(paused.losses).toEqual(straight.losses);
  });

  it('says what the model is, and that it trains', async () => {
    const recorded = new Recorded();
    recorded.say({ type: 'start', corpus, settings });
    recorded.session.dispose();
    const [ready, training] = recorded.messages;
    // Embedding, two layers of four gates each, scores: 20 characters and the unknown one.
    const parameters = 21 * 64 + 4 * 16 * (64 + 16 + 1) + 4 * 16 * (16 + 16 + 1) + 21 * 17;
    expect(ready).toMatchObject({
      type: 'ready',
      model: { parameters, vocabularySize: 21, corpus },
    });
    expect(training).toEqual({ type: 'training' });
  });
});

describe('writing', () => {
  it('gives 280 characters of the text after the prompt, and rests', async () => {
    const recorded = new Recorded();
    recorded.say({ type: 'style', style: { temperature: 0.5, prompt: 'abc' } });
    recorded.say({ type: 'start', corpus, settings });
    recorded.say({ type: 'pause' });
    recorded.say({ type: 'write' });
    await recorded.rest();
    recorded.session.dispose();
    expect(recorded.of('sample')).toEqual([
      { type: 'sample', step: 0, temperature: 0.5, prompt: 'abc' },
    ]);
    expect(recorded.written).toMatch(/^[a-r \n]{280}$/);
  });

  it('follows a change of temperature at once: at 0 it always takes the likeliest', async () => {
    const recorded = new Recorded();
    recorded.say({ type: 'start', corpus, settings });
    recorded.say({ type: 'pause' });
    recorded.say({ type: 'style', style: { temperature: 0, prompt: 'abc' } });
    recorded.say({ type: 'write' });
    await recorded.rest();
    const first = recorded.written;
    recorded.say({ type: 'write' });
    await recorded.rest();
    expect(recorded.written).toBe(first + first);
    recorded.say({ type: 'style', style: { temperature: 1.5, prompt: 'abc' } });
    recorded.say({ type: 'write' });
    await recorded.rest();
    recorded.session.dispose();
    expect(recorded.written.slice(2 * first.length)).not.toBe(first);
  });

  it('does not change what is learnt', async () => {
    const lossesWith = async (extra: PageMessage[]) => {
      const recorded = new Recorded();
      recorded.say({ type: 'start', corpus, settings });
      for (const message of extra) recorded.say(message);
      await recorded.train(4);
      recorded.session.dispose();
      return recorded.losses;
    };
    expect(await lossesWith([{ type: 'write' }])).toEqual(await lossesWith([]));
  });
});

describe('saving and loading', () => {
  it('go on with the very losses of a run that was not interrupted', async () => {
    const first = new Recorded();
    first.say({ type: 'start', corpus, settings });
    await first.train(6);
    first.say({ type: 'save' });
    await first.train(12);
    first.session.dispose();
    expect(first.of('saved')).toMatchObject([{ isAsked: true, save: { step: 6 } }]);

    const second = new Recorded();
    second.say({ type: 'load', name: 'wal.safetensors', bytes: first.savedBytes });
    const history = second.of('ready')[0]?.model.history;
    expect(history?.losses).toEqual(first.losses.slice(0, 6));
    expect(history?.validations.map(({ step }) => step)).toEqual([1, 2, 5]);
    expect(second.of('ready')[0]?.model).toMatchObject({ corpus, settings });
    expect(second.session.isBusy).toBe(false);
    second.say({ type: 'goOn' });
    await second.train(6);
    second.session.dispose();
    expect(second.losses).toEqual(first.losses.slice(6));
  });

  it('refuse other files in one line, and leave the model as it was', async () => {
    const recorded = new Recorded();
    recorded.say({ type: 'start', corpus, settings });
    await recorded.train(2);
    recorded.say({ type: 'save' });
    const good = recorded.savedBytes;
    const changed = Uint8Array.from(good);
    changed[good.length - 1] = (good.at(-1) ?? 0) ^ 1;
    for (const bytes of [new Uint8Array(), good.subarray(0, 1000), changed]) {
      recorded.say({ type: 'load', name: 'cat.safetensors', bytes });
    }
    const reasons = recorded.of('refused').map(({ reason }) => reason);
    expect(reasons).toHaveLength(3);
    for (const reason of reasons) {
      expect(reason).toMatch(/^cat\.safetensors is no model of this page: [^\n]*[^.]\.$/);
    }
    await recorded.train(3);
    recorded.session.dispose();
    expect(recorded.of('ready')).toHaveLength(1);
  });
});

it('answers a ping, with a model and without', () => {
  const recorded = new Recorded();
  recorded.say({ type: 'ping' });
  recorded.say({ type: 'write' });
  recorded.say({ type: 'goOn' });
  recorded.say({ type: 'save' });
  expect(recorded.messages).toEqual([{ type: 'pong' }]);
  expect(recorded.session.isBusy).toBe(false);
});
