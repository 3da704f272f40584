// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InitOptions } from './backend.ts';
import type { Kernels } from './kernels/kernels.ts';
import { hasWideMode } from './kernels/wide.ts';

const options: InitOptions = { wide: 'auto', onWarning: (message) => warnings.push(message) };
const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  vi.resetModules();
});
afterEach(() => {
  vi.doUnmock('./kernels/load.ts');
  vi.doUnmock('./kernels/wide.ts');
});

/** Tapeloop with a state of its own, as a fresh program has it. */
async function freshTapeloop() {
  return await import('./index.ts');
}

describe("init({ wide: 'auto' })", () => {
  test('runs the relaxed build in wide mode where the runtime has the mode, and says nothing', async () => {
    const { init } = await freshTapeloop();
    expect(await init(options)).toMatchObject({ kernels: 'relaxed', wide: hasWideMode() });
    expect(warnings).toEqual([]);
  });

  test.each(['simd', 'reference'] as const)('leaves the %s build as it is', async (kernels) => {
    const { init } = await freshTapeloop();
    expect(await init({ ...options, kernels })).toMatchObject({ kernels, wide: false });
    expect(warnings).toEqual([]);
  });

  test('a training step agrees with the normal mode to 1e-6', async () => {
    const normal = await trainingSteps({ wide: 'off' });
    vi.resetModules();
    const wide = await trainingSteps(options);
    expect(normal.info.wide).toBe(false);
    expect(wide.info.wide).toBe(hasWideMode());
    expect(wide.values.length).toBe(3 + 40 * 70 + 70);
    for (const [i, value] of wide.values.entries()) {
      expect(Math.abs(value - (normal.values[i] ?? Number.NaN))).toBeLessThan(1e-6);
    }
  });
});

test('wide mode is off by default', async () => {
  const { init } = await freshTapeloop();
  expect((await init()).wide).toBe(false);
});

describe('a runtime whose wide mode is wrong gets the normal mode and one line of warning', () => {
  test('when a kernel gives wrong numbers', async () => {
    breakWideMode((kernels) => ({ ...kernels, tanh: kernels.sigmoid }));
    const { init, tensor, tanh } = await freshTapeloop();
    expect(await init(options)).toMatchObject({ kernels: 'relaxed', wide: false });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^init: wide mode is off, because its self-check found: tanh gave .+ must be .+\. The kernels run in the normal mode, which is slower\.$/,
    );
    using y = tanh(tensor([0]));
    expect(y.item()).toBe(0);
  });

  test('when a kernel traps', async () => {
    breakWideMode((kernels) => ({
      ...kernels,
      gemm() {
        throw new WebAssembly.RuntimeError('memory access out of bounds');
      },
    }));
    const { init } = await freshTapeloop();
    expect((await init(options)).wide).toBe(false);
    expect(warnings[0]).toMatch('gemm failed: memory access out of bounds');
  });

  test('when nothing compiles', async () => {
    breakWideMode(() => {
      throw new WebAssembly.CompileError('no such mode');
    });
    const { init } = await freshTapeloop();
    expect((await init(options)).wide).toBe(false);
    expect(warnings[0]).toMatch('no such mode');
  });

  test('and without onWarning it is printed once', async () => {
    const printed = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    breakWideMode((kernels) => ({ ...kernels, relu: () => undefined }));
    const { init } = await freshTapeloop();
    await init({ wide: 'auto' });
    await init({ wide: 'auto' });
    expect(printed.mock.calls).toEqual([[expect.stringMatching(/^init: wide mode is off.*relu/)]]);
    printed.mockRestore();
  });

  test('and gives back all memory that the attempt took', async () => {
    breakWideMode((kernels) => ({ ...kernels, relu: () => undefined }));
    const { loadWideKernels } = await import('./kernels/load-wide.ts');
    const memory = new WebAssembly.Memory({ initial: 16 });
    const blocks = new Set<number>();
    let top = 64;
    const allocate = (bytes: number) => {
      const pointer = top;
      top += bytes + 64 - (bytes % 64);
      blocks.add(pointer);
      return pointer;
    };
    const free = (pointer: number) => blocks.delete(pointer);
    expect(await loadWideKernels(memory, { allocate, free })).toHaveProperty('refused');
    expect(top).toBeGreaterThan(2 ** 18);
    expect([...blocks]).toEqual([]);
  });
});

test('a processor without fused multiply-add gets the normal mode without a word', () => {
  const program = `
    import { init } from '${new URL('index.ts', import.meta.url)}';
    process.stdout.write(JSON.stringify(await init({ wide: 'auto' })));`;
  const noFma = process.arch === 'x64' ? ['--no-enable-fma3'] : [];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...noFma, '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ kernels: 'relaxed', wide: false });
});

/** Puts something else in the place of the wide kernels, also where the runtime has no such mode. */
function breakWideMode(spoil: (kernels: Kernels) => Kernels): void {
  vi.doMock('./kernels/wide.ts', () => ({ hasWideMode: () => true, compileWide: () => undefined }));
  vi.doMock('./kernels/load.ts', async (original) => {
    const module = await original<typeof import('./kernels/load.ts')>();
    return {
      ...module,
      loadKernels: async (asked: Parameters<typeof module.loadKernels>[0]) => {
        const loaded = await module.loadKernels({ ...asked, wide: false });
        return asked.wide ? { ...loaded, kernels: spoil(loaded.kernels) } : loaded;
      },
    };
  });
}

/** Three steps of gradient descent of a small classifier: its losses and its parameters after them. */
async function trainingSteps(how: InitOptions) {
  const tapeloop = await freshTapeloop();
  const { cosines, sines } = await import('./testing/index.ts');
  const info = await tapeloop.init(how);
  const { Parameter, add, matMul, mul, softmaxCrossEntropy, sub, tanh, tensor, tidy } = tapeloop;
  const weights = new Parameter('weights', cosines([40, 70], { scale: 0.2 }));
  const bias = new Parameter('bias', sines([70], { scale: 0.1 }));
  const values = tidy(() => {
    const x = sines([33, 40]);
    const labels = tensor(
      Array.from({ length: 33 }, (_, i) => (i * 7) % 70),
      [33],
      'int32',
    );
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) {
      const { value, gradients } = tapeloop.valueAndGrad(
        () => softmaxCrossEntropy(tanh(add(matMul(x, weights.value), bias.value)), labels),
        [weights, bias],
      );
      losses.push(value.item());
      for (const [parameter, gradient] of gradients) {
        parameter.assign(sub(parameter.value, mul(gradient, 0.5)));
      }
    }
    return [...losses, ...weights.value.data(), ...bias.value.data()];
  });
  weights.dispose();
  bias.dispose();
  return { info, values };
}
