// SPDX-License-Identifier: Apache-2.0

/**
 * SHA-256 of a text's UTF-8 in hexadecimal: tells whether a run goes on with the text it began with.
 *
 * Computed by Web Crypto, which browsers have on secure pages only (HTTPS or localhost).
 */
export async function fingerprint({ text }: { readonly text: string }): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
