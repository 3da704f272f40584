// SPDX-License-Identifier: Apache-2.0
export { type CheckParameterGradsOptions, checkParameterGrads } from './check-parameter-grads.ts';
export { type ContractCase, claim, claimSameBits, claimSameJson, claimThrows } from './contract.ts';
export { type LayerContract, layerContract } from './layer-contract.ts';
export { type ModuleContract, moduleContract } from './module-contract.ts';
export { goldenOutcomes, type Outcome, type Outcomes, outcomeOf, outcomesOf } from './outcome.ts';
export { recipe } from './recipe.ts';
export { claimIndependent, claimSixSigma } from './six-sigma.ts';
