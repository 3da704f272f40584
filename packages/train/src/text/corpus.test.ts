// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CorpusError, corpusFromBytes, corpusFromStream, corpusFromText } from './corpus.ts';
import { fingerprint } from './fingerprint.ts';
import { mobyDick } from './moby-dick-testing.ts';
import { readCorpus } from './read-corpus.ts';

const encoder = new TextEncoder();

/** A stream that gives a text's bytes in chunks, and tells when it was cancelled. */
function streamOf(bytes: Uint8Array, chunk: number, onCancel: () => void = () => undefined) {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + chunk));
      at += chunk;
    },
    cancel: onCancel,
  });
}

describe('corpusFromText', () => {
  it('drops a byte order mark and makes Windows line ends plain, but not others', () => {
    const { name, text } = corpusFromText('\uFEFFein\r\nWal\uFEFF\r\n\r', { name: 'Wal' });
    expect(name).toBe('Wal');
    expect(text).toBe('ein\nWal\uFEFF\n\r');
  });
});

describe('corpusFromStream', () => {
  it.each([1, 2, 3, 5, 1000])('reads chunks of %i bytes, whatever they cut', async (chunk) => {
    const bytes = encoder.encode('\uFEFFein\r\nweißer 🐋\r\n');
    const { text } = await corpusFromStream(streamOf(bytes, chunk));
    expect(text).toBe('ein\nweißer 🐋\n');
  });

  it('reads a stream that can only be read by a reader', async () => {
    const stream = streamOf(encoder.encode('ein Wal'), 2);
    const { text } = await corpusFromStream({ getReader: stream.getReader.bind(stream) });
    expect(text).toBe('ein Wal');
  });

  it('reads any asynchronous iterable', async () => {
    async function* chunks() {
      yield encoder.encode('ein ');
      yield encoder.encode('Wal');
    }
    expect((await corpusFromStream(chunks(), { name: 'Wal' })).text).toBe('ein Wal');
  });

  it('refuses other bytes, a cut character and nothing, and cancels the stream', async () => {
    let cancelled = 0;
    const onCancel = () => {
      cancelled++;
    };
    const wrong = streamOf(Uint8Array.of(0x57, 0xe4, 0x6c, 0x65), 1, onCancel);
    await expect(corpusFromStream(wrong, { name: 'Wal' })).rejects.toThrow(
      /^corpus: Wal must be UTF-8 text, got other bytes \(.*\)\. Convert it first\.$/,
    );
    const onlyReader = streamOf(Uint8Array.of(0xff, 0xff), 1, onCancel);
    const getReader = onlyReader.getReader.bind(onlyReader);
    await expect(corpusFromStream({ getReader })).rejects.toThrow(CorpusError);
    expect(cancelled).toBe(2);
    const cut = streamOf(encoder.encode('🐋').subarray(0, 3), 2);
    await expect(corpusFromStream(cut)).rejects.toThrow('must be UTF-8 text');
    await expect(corpusFromStream(streamOf(new Uint8Array(0), 1))).rejects.toThrow('is empty');
  });
});

describe('corpusFromBytes', () => {
  it('says in one line that bytes are none, nothing but a mark, or not UTF-8', () => {
    for (const bytes of [[], [0xef, 0xbb, 0xbf], [0x57, 0xe4], [0xf0, 0x9f]]) {
      const read = () => corpusFromBytes(Uint8Array.from(bytes), { name: 'book' });
      expect(read).toThrow(CorpusError);
      expect(read).toThrow(/^corpus: book [^\n]+$/);
    }
  });
});

describe('readCorpus', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'corpus-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (bytes: string | Uint8Array) => {
    const path = join(folder, 'text.txt');
    writeFileSync(path, bytes);
    return path;
  };

  it('reads a file, which it names', () => {
    const path = write('\uFEFFein\r\nWal\n');
    expect(readCorpus(path)).toEqual({ name: path, text: 'ein\nWal\n' });
  });

  it('says in one line that a file is missing, a folder, empty, or not UTF-8', () => {
    const oneLine = (path: string) => {
      expect(() => readCorpus(path)).toThrow(CorpusError);
      expect(() => readCorpus(path)).toThrow(/^corpus: [^\n]+$/);
      expect(() => readCorpus(path)).toThrow(path);
    };
    oneLine(join(folder, 'nothing-here'));
    oneLine(folder);
    oneLine(write(''));
    oneLine(write(Uint8Array.of(0x57, 0xe4, 0x6c, 0x65)));
  });
});

describe('fingerprint', () => {
  it('is the SHA-256 of the text in UTF-8', async () => {
    expect(await fingerprint({ text: 'abc' })).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(await fingerprint({ text: 'a', heldOut: 'bc' })).toBe(
      await fingerprint({ text: 'abc' }),
    );
    expect(await fingerprint({ text: mobyDick() })).toBe(
      'ba355a71d3eb8ae25ecd8abd682bc347ac90ec3effbc715b04b46a31fa6378d4',
    );
  });
});
