// SPDX-License-Identifier: Apache-2.0
import {
  Parameter,
  type Shape,
  showShape,
  slice,
  sum,
  type Tensor,
  tidy,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo, expectNoLeaks } from '@tapeloop/core/testing';
import type { Layer } from '../layer.ts';
import { checkParameterGrads } from './check-parameter-grads.ts';
import { type ContractCase, claim, claimSameBits, claimThrows } from './contract.ts';
import { moduleContract } from './module-contract.ts';

/** What a layer's contract is checked with. */
export interface LayerContract {
  /** A new layer, not built, each time. */
  create(): Layer;
  /** Inputs with the batch first, at least two rows, all different; new each time. */
  inputs(): Tensor;
  /** The shape of the output for them. */
  readonly outputShape: Shape;
  /** The paths of its parameters, in order. */
  readonly paths: readonly string[];
  /** Whether training changes what it computes. Default false. */
  readonly isRandom?: boolean;
  /** False for layers that no config can rebuild. Default true. */
  readonly hasConfig?: boolean;
}

/** The claims that every layer keeps; run each as a test. */
export function layerContract(contract: LayerContract): ContractCase[] {
  const { create, inputs, outputShape, isRandom = false } = contract;
  const call = (layer: Layer) => layer.call(inputs(), { training: false });
  return [
    ...moduleContract({ ...contract, call }),
    {
      title: `gives an output of shape ${showShape(outputShape)}`,
      run: () => {
        using layer = create();
        const { shape } = call(layer);
        claim(showShape(shape) === showShape(outputShape), `got ${showShape(shape)}`);
      },
    },
    {
      title: 'treats the rows of a batch independently of each other',
      run: () => {
        using layer = create();
        tidy(() => {
          const x = inputs();
          const whole = layer.call(x);
          for (let row = 0; row < (x.shape[0] ?? 0); row++) {
            closeTo(layer.call(slice(x, row, 1)), slice(whole, row, 1), { relative: 1e-6 });
          }
        });
      },
    },
    {
      title: isRandom
        ? 'computes something else in training, and the same bits again and again in inference'
        : 'computes the same bits in training and in inference',
      run: () => {
        using layer = create();
        tidy(() => {
          const reference = call(layer).data();
          claimSameBits(call(layer).data(), reference);
          claimSameBits(layer.call(inputs()).data(), reference);
          const trained = layer.call(inputs(), { training: true }).data();
          if (!isRandom) claimSameBits(trained, reference);
          else
            claim(
              trained.some((value, i) => value !== reference[i]),
              'training changed nothing',
            );
        });
      },
    },
    {
      title: 'has the gradients of central differences, for its inputs and every parameter',
      run: () => tidy(() => checkGradients(create(), inputs())),
    },
    {
      title: 'leaves no tensor behind in a training step',
      run: () => {
        using layer = create();
        tidy(() => call(layer).data());
        expectNoLeaks(() =>
          tidy(() => {
            const loss = () => sum(layer.call(inputs(), { training: true }));
            valueAndGrad(loss, layer.parameters(), { unconnected: 'null' });
          }),
        );
      },
    },
    {
      title: 'refuses a training flag that is neither a boolean nor 0 or 1',
      run: () => {
        using layer = create();
        const flag = 'false' as unknown as boolean;
        tidy(() =>
          claimThrows(() => layer.call(inputs(), { training: flag }), TypeError, 'training'),
        );
      },
    },
  ];
}

function checkGradients(layer: Layer, inputs: Tensor): void {
  using _layer = layer;
  tidy(() => layer.call(inputs).data());
  if (inputs.dtype !== 'float32') {
    checkParameterGrads(() => layer.call(inputs), layer.parameters());
    return;
  }
  const x = new Parameter('inputs', inputs);
  try {
    checkParameterGrads(() => layer.call(x.value), [x, ...layer.parameters()]);
  } finally {
    x.dispose();
  }
}
