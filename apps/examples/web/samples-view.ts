// SPDX-License-Identifier: Apache-2.0
import { element, setText } from './elements.ts';
import type { Sample } from './page-state.ts';
import { count } from './text.ts';

/** The list of samples, newest first. */
export class SamplesView {
  readonly #list = element('samples', HTMLOListElement);
  readonly #none = element('no-samples', HTMLParagraphElement);
  #shown: readonly Sample[] = [];

  show(samples: readonly Sample[]): void {
    if (samples === this.#shown) return;
    const [newest] = samples;
    // Only the newest is being written: what was selected in the others stays selected.
    const isSameList = samples.length === this.#shown.length && samples[1] === this.#shown[1];
    if (newest !== undefined && isSameList) this.#rewriteNewest(newest);
    else this.#list.replaceChildren(...samples.map(itemOf));
    this.#none.hidden = samples.length > 0;
    this.#shown = samples;
  }

  #rewriteNewest({ characters }: Sample): void {
    const written = this.#list.querySelector('.written');
    if (written instanceof HTMLElement) setText(written, characters);
  }
}

function itemOf({ step, temperature, prompt, characters }: Sample): HTMLLIElement {
  const caption = document.createElement('p');
  caption.className = 'quiet';
  caption.textContent = `After ${count(step, 'step')}, temperature ${temperature.toFixed(2)}`;
  const text = document.createElement('blockquote');
  const begin = document.createElement('span');
  begin.className = 'prompt';
  begin.textContent = prompt;
  const written = document.createElement('span');
  written.className = 'written';
  written.textContent = characters;
  text.append(begin, written);
  const item = document.createElement('li');
  item.append(caption, text);
  return item;
}
