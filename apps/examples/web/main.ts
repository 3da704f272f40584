// SPDX-License-Identifier: Apache-2.0
// The page: connects what a person does with the controller, and the controller's state with what is shown.

import { Controller } from './controller.ts';
import { element, showValue } from './elements.ts';
import { acceptFiles } from './file-input.ts';
import { defaultPrompt } from './page-state.ts';
import { RunView } from './run-view.ts';
import { SettingsForm } from './settings-form.ts';

const controller = new Controller();
const form = new SettingsForm();
const view = new RunView();
const temperature = element('temperature', HTMLInputElement);
const prompt = element('prompt', HTMLInputElement);

let shownModel = controller.store.value.model;
controller.store.subscribe((state) => {
  view.show(state);
  suggestPrompt(defaultPrompt(state.corpus));
  if (state.model !== shownModel && state.model !== undefined) form.show(state.model.settings);
  shownModel = state.model;
});

element('setup', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  controller.primary(form.settings);
});
on('start-over', () => {
  controller.startOver();
  // This button goes; the keyboard shall not be lost with it.
  element('primary', HTMLButtonElement).focus();
});
on('use-sample', () => controller.useSample());
on('save', () => controller.save());
on('write', () => controller.write());

showValue(temperature, (value) => value.toFixed(2));
temperature.addEventListener('input', setStyle);
// A slider at rest shows what it does.
temperature.addEventListener('change', () => controller.write());
prompt.addEventListener('input', setStyle);
prompt.addEventListener('keydown', ({ key }) => {
  if (key === 'Enter') controller.write();
});

acceptFiles({
  inputs: [element('text-file', HTMLInputElement), element('model-file', HTMLInputElement)],
  highlight: element('drop-zone', HTMLDivElement),
  open: (file) => controller.open(file),
});

await controller.useSample();

/** What samples begin with while the field is empty. */
function suggestPrompt(text: string): void {
  if (prompt.placeholder === text) return;
  prompt.placeholder = text;
  setStyle();
}

function setStyle(): void {
  controller.setStyle({
    temperature: temperature.valueAsNumber,
    prompt: prompt.value || prompt.placeholder,
  });
}

function on(id: string, action: () => unknown): void {
  element(id, HTMLButtonElement).addEventListener('click', action);
}
