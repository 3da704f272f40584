# SPDX-License-Identifier: Apache-2.0
"""How the scripts write golden files, and compare with them."""

import json
import sys


def write(path, content, breaks):
    """Writes JSON to `path`, with a new line after the comma of each of `breaks`; with `--check`, compares instead."""
    if "--check" in sys.argv:
        print(f"{path.name}: largest relative difference {difference(json.loads(path.read_text()), content):.1e}")
        return
    text = json.dumps(content, separators=(",", ":"))
    for before in breaks:
        text = text.replace(before, before.replace(",", ",\n"))
    path.write_text(text + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


def difference(a, b):
    """The largest |a - b|, relative to the largest |a| of its list, in two equal structures; versions are passed over."""
    if isinstance(a, dict):
        assert a.keys() == b.keys(), a.keys() ^ b.keys()
        return max((difference(a[key], b[key]) for key in a if key != "versions"), default=0.0)
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b), (len(a), len(b))
        if all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in a):
            scale = max((abs(x) for x in a), default=0.0)
            return max((abs(x - y) for x, y in zip(a, b)), default=0.0) / max(scale, 1e-30)
        return max((difference(x, y) for x, y in zip(a, b)), default=0.0)
    assert a == b, (a, b)
    return 0.0
