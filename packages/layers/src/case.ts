// SPDX-License-Identifier: Apache-2.0

/** `input_keep_prob` to `inputKeepProb`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `inputKeepProb` to `input_keep_prob`, `LSTMCell` to `lstm_cell`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}
