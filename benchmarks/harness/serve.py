# SPDX-License-Identifier: Apache-2.0
"""What serve.ts is for contestants in Python: they answer the requests of protocol.ts."""

import json
import sys
import time


def serve(prepare):
    """Answers until the input ends. `prepare(workload)` makes what has `identity` and `step()`, which returns the loss."""
    trainer = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["do"] == "prepare":
            trainer = prepare(message["workload"])
            answer = trainer.identity
        elif message["do"] == "losses":
            answer = {"losses": [trainer.step() for _ in range(message["steps"])]}
        else:
            answer = {"milliseconds": [timed(trainer.step) for _ in range(message["steps"])]}
        print(json.dumps(answer), flush=True)


def timed(step):
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1000
