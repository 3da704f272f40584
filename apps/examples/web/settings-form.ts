// SPDX-License-Identifier: Apache-2.0
import { element, showValue } from './elements.ts';
import { cellFromJson, cellNames, defaultSettings, type ModelSettings } from './settings.ts';

/** The part of the page where model and dropout are chosen. */
export class SettingsForm {
  readonly #cell = element('cell', HTMLSelectElement);
  readonly #units = element('units', HTMLSelectElement);
  readonly #layers = element('layers', HTMLSelectElement);
  readonly #inputDropout = element('input-dropout', HTMLInputElement);
  readonly #stateDropout = element('state-dropout', HTMLInputElement);
  readonly #outputDropout = element('output-dropout', HTMLInputElement);
  readonly #variational = element('variational', HTMLInputElement);

  constructor() {
    this.#cell.append(...Object.entries(cellNames).map(([key, name]) => new Option(name, key)));
    this.show(defaultSettings);
    for (const slider of this.#sliders) showValue(slider, percent);
  }

  /** What is chosen now. */
  get settings(): ModelSettings {
    return {
      cell: cellFromJson(this.#cell.value),
      units: Number(this.#units.value),
      layers: Number(this.#layers.value),
      inputDropout: this.#inputDropout.valueAsNumber,
      stateDropout: this.#stateDropout.valueAsNumber,
      outputDropout: this.#outputDropout.valueAsNumber,
      variational: this.#variational.checked,
    };
  }

  /** Shows the settings of a model. */
  show(settings: ModelSettings): void {
    this.#cell.value = settings.cell;
    choose(this.#units, settings.units);
    choose(this.#layers, settings.layers);
    this.#inputDropout.valueAsNumber = settings.inputDropout;
    this.#stateDropout.valueAsNumber = settings.stateDropout;
    this.#outputDropout.valueAsNumber = settings.outputDropout;
    this.#variational.checked = settings.variational;
    for (const slider of this.#sliders) slider.dispatchEvent(new Event('input'));
  }

  get #sliders(): readonly HTMLInputElement[] {
    return [this.#inputDropout, this.#stateDropout, this.#outputDropout];
  }
}

/** Chooses a number, which a file may have though the page does not offer it. */
function choose(select: HTMLSelectElement, value: number): void {
  const text = String(value);
  if (![...select.options].some((option) => option.value === text)) select.add(new Option(text));
  select.value = text;
}

function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}
