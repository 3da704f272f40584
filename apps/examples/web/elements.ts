// SPDX-License-Identifier: Apache-2.0

/** The element of index.html with an id. @throws TypeError when it is missing or of another kind. */
export function element<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`index.html must have a ${kind.name} with the id ${id}.`);
}

/** Sets the text of an element where it differs, so that screen readers hear of real changes only. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows a slider's value beside it, now and when it moves. */
export function showValue(slider: HTMLInputElement, describe: (value: number) => string): void {
  const output = slider.parentElement?.querySelector('output');
  const show = () => {
    if (output instanceof HTMLOutputElement) output.value = describe(slider.valueAsNumber);
  };
  slider.addEventListener('input', show);
  show();
}
