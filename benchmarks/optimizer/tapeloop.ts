// SPDX-License-Identifier: Apache-2.0
import { init, Parameter, tensor, tidy } from '@tapeloop/core';
import { Optimizer, adam as rule } from '@tapeloop/optim';
import { serve, type Trainer } from '../harness/serve.ts';
import { adam, checksum, firstValues, gradientValues, type Workload } from './workload.ts';

/** The step of a user of Tapeloop, its check that the gradients are finite included. */
async function prepare({ tensors, size }: Workload): Promise<Trainer> {
  const { kernels } = await init();
  const parameters = Array.from({ length: tensors }, (_, k) =>
    tidy(() => new Parameter(`x${k}`, tensor(firstValues(k, size)))),
  );
  const gradients = new Map(
    parameters.map((parameter, k) => [parameter, tensor(gradientValues(k, size))]),
  );
  const optimizer = new Optimizer(parameters, rule(adam));
  return {
    identity: { name: 'Tapeloop', version: 'this commit', build: `${kernels} kernels`, threads: 1 },
    step() {
      optimizer.step(gradients);
      return checksum(parameters[0]?.value.view() ?? []);
    },
    dispose() {
      optimizer.dispose();
      for (const [parameter, gradient] of gradients) {
        parameter.dispose();
        gradient.dispose();
      }
    },
  };
}

await serve(prepare);
