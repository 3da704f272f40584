// SPDX-License-Identifier: Apache-2.0
import {
  type Parameter,
  RuntimeError,
  setSeed,
  stopRecording,
  type Tensor,
  tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import { expectNoLeaks } from '@tapeloop/core/testing';
import type { Module } from '../module.ts';
import { fromConfig, toConfig } from '../registry.ts';
import { type ContractCase, claim, claimSameBits, claimSameJson, claimThrows } from './contract.ts';

/** What a module's contract is checked with. */
export interface ModuleContract<M extends Module> {
  /** A new module, not built, each time. */
  create(): M;
  /** Calls it once, in inference, with the same inputs each time. */
  call(module: M): Tensor;
  /** The paths of its parameters, in order. */
  readonly paths: readonly string[];
  /** False for modules that no config can rebuild. Default true. */
  readonly hasConfig?: boolean;
}

/** The claims that every module keeps: parameters, state dict, config, seeds and memory. */
export function moduleContract<M extends Module>(contract: ModuleContract<M>): ContractCase[] {
  const { create, call, paths, hasConfig = true } = contract;
  const built = () => {
    const module = create();
    tidy(() => call(module).data());
    return module;
  };
  const cases: ContractCase[] = [
    {
      title: `has the parameters ${paths.join(', ') || 'of none'}, in this order`,
      run: () => {
        using module = built();
        claimSameJson(
          module.namedParameters().map(([path]) => path),
          paths,
        );
      },
    },
    {
      title: 'starts from the same bits after the same seed',
      run: () => {
        const valuesAfter = (seed: number) => {
          setSeed(seed);
          using module = built();
          return module.parameters().flatMap(({ value }) => [...value.data()]);
        };
        claimSameBits(valuesAfter(3), valuesAfter(3));
      },
    },
    {
      title: 'carries values over by its state dict, and refuses one that does not fit, whole',
      run: () => tidy(() => checkStateDict(built(), built())),
    },
    {
      title: 'leaves no tensor behind when it is disposed',
      run: () => {
        expectNoLeaks(() => built().dispose());
      },
    },
  ];
  if (paths.length > 0) {
    cases.push({
      title: 'refuses to list its parameters before they are made',
      run: () => claimThrows(() => create().parameters(), RuntimeError, 'has no parameters yet'),
    });
  }
  if (hasConfig) {
    cases.push({
      title:
        'comes back from its config as JSON: the same config, and the same values with its state',
      run: () => tidy(() => checkConfig(built(), call)),
    });
  }
  return cases;
}

function checkStateDict(source: Module, target: Module): void {
  using _source = source;
  using _target = target;
  const fixture = (parameter: Parameter, p: number) =>
    parameter.update((elements) => {
      elements.forEach((_, i) => {
        elements[i] = Math.cos(i + 10 * p);
      });
    });
  source.parameters().forEach(fixture);
  const state = source.stateDict();
  const before = target.stateDict();
  const [first] = state.keys();
  const unchanged = () => {
    for (const [path, parameter] of target.namedParameters()) {
      claimSameBits(parameter.value.data(), before.get(path)?.data() ?? []);
    }
  };
  if (first !== undefined) {
    const missing = new Map([...state].slice(1));
    claimThrows(() => target.loadStateDict(missing), ValueError, `missing ${first}`);
    const wrong = new Map(state).set(first, tensor([1, 2, 3, 4, 5, 6, 7], [7, 1, 1]));
    claimThrows(() => target.loadStateDict(wrong), ValueError, 'wrong shape');
    claimThrows(() => target.loadStateDict(wrong, { strict: false }), ValueError, first);
  }
  const unexpected = new Map(state).set('no/such', tensor([1]));
  claimThrows(() => target.loadStateDict(unexpected), ValueError, 'unexpected no/such');
  unchanged();
  const report = target.loadStateDict(unexpected, { strict: false });
  claimSameJson(report, { missing: [], unexpected: ['no/such'] });
  for (const [path, parameter] of target.namedParameters()) {
    claimSameBits(parameter.value.data(), state.get(path)?.data() ?? []);
  }
}

function checkConfig<M extends Module>(module: M, call: (module: M) => Tensor): void {
  using _module = module;
  const saved = JSON.stringify(toConfig(module));
  const restored = fromConfig(JSON.parse(saved));
  claim(restored.constructor === module.constructor, `came back as ${restored.className}`);
  claimSameJson(toConfig(restored), toConfig(module));
  // The constructor is the same, so the class is.
  using twin = restored as M;
  stopRecording(() => call(twin));
  twin.loadStateDict(module.stateDict());
  claimSameBits(call(twin).data(), call(module).data());
}
