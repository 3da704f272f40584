// SPDX-License-Identifier: Apache-2.0
// A CommonJS project: `node commonjs.cjs require` or `node commonjs.cjs import`.
const load = process.argv[2] === 'require' ? async (name) => require(name) : (name) => import(name);

async function train() {
  const { init, meanSquaredError, Parameter, scalar, tensor, tidy } = await load('@tapeloop/core');
  const { Optimizer, sgd } = await load('@tapeloop/optim');
  await init();
  const slope = new Parameter('slope', scalar(0));
  const optimizer = new Optimizer([slope], sgd({ learningRate: 0.5 }));
  const step = () => {
    const x = tensor([-1, 0.5, 1]);
    const y = tensor([-2, 1, 2]);
    return optimizer.minimize(() => meanSquaredError(x.mul(slope.value), y)).value.item();
  };
  return Array.from({ length: 60 }, () => tidy(step));
}

train().then((losses) => process.stdout.write(JSON.stringify(losses)));
