// SPDX-License-Identifier: Apache-2.0

/** Where files come in. */
export interface FileInputOptions {
  /** File pickers. */
  readonly inputs: readonly HTMLInputElement[];
  /** Gets the class `over` while a file is held over the page. */
  readonly highlight: HTMLElement;
  readonly open: (file: File) => unknown;
}

/** Takes files that are picked, or dropped anywhere on the page. */
export function acceptFiles({ inputs, highlight, open }: FileInputOptions): void {
  for (const input of inputs) {
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file !== undefined) open(file);
      // The same file can be picked again.
      input.value = '';
    });
  }
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    highlight.classList.add('over');
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) highlight.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    highlight.classList.remove('over');
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) open(file);
  });
}
