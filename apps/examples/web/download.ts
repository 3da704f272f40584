// SPDX-License-Identifier: Apache-2.0
import type { Corpus } from '@tapeloop/train';
import type { Save } from './protocol.ts';

/** Lets the browser save a run as a file. */
export function download({ step, bytes }: Save, corpus: Corpus | undefined): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(corpus?.name ?? 'model', step);
  link.click();
  URL.revokeObjectURL(url);
}

/** `moby-dick-step-400.safetensors` */
export function fileName(textName: string, step: number): string {
  const base = textName
    .replace(/\.[a-z]+$/i, '')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return `${base || 'model'}-step-${step}.safetensors`;
}
