// SPDX-License-Identifier: Apache-2.0
import type { Corpus } from './corpus.ts';

/**
 * SHA-256 of a corpus's UTF-8 in hexadecimal, what is held out behind the text: tells whether a run goes
 * on with the text it began with.
 *
 * Computed by Web Crypto, which browsers have on secure pages only (HTTPS or localhost).
 */
export async function fingerprint({
  text,
  heldOut = '',
}: Pick<Corpus, 'text' | 'heldOut'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text + heldOut));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
