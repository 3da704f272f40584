// SPDX-License-Identifier: Apache-2.0
// After which training steps something more is done. The first come quickly, since that is when most
// is learnt.

/** Whether the loss on the validation text is measured. */
export function isValidationStep(step: number): boolean {
  return step < 100 ? isRound(step) : step % 50 === 0;
}

/** Whether a sample is written. */
export function isSampleStep(step: number): boolean {
  if (step < 10) return step === 1;
  return step < 1000 ? isRound(step) : step % 1000 === 0;
}

/** Whether the page gets a copy of the run, to go on from when this worker is lost. */
export function isSaveStep(step: number): boolean {
  return step % 100 === 0;
}

/** 1, 2, 5, 10, 20, 50, 100, … */
function isRound(step: number): boolean {
  const magnitude = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5].includes(step / magnitude);
}
