# SPDX-License-Identifier: Apache-2.0
"""An event file as TensorBoard's own protocol buffers and record writer make it.

`events.json` holds the events, `events.tfevents` their bytes.

Run: python3 events.py, with --check to compare with the files, or with --read FILE to print what TensorBoard's loader
finds in an event file
"""

import io
import json
import pathlib
import platform
import sys

import tensorboard
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

HERE = pathlib.Path(__file__).parent

# Steps with one byte, two, five and more in a varint; values that float32 rounds, and those that are not finite.
EVENTS = [
    {"wallTime": 1700000000.125, "step": 1, "scalars": [{"tag": "loss/training", "value": 4.1}]},
    {
        "wallTime": 1700000001.5,
        "step": 300,
        "scalars": [{"tag": "loss/training", "value": 1e-42}, {"tag": "größe α", "value": -0.0}],
    },
    {"wallTime": 1700000002.75, "step": 5_000_000_000, "scalars": [{"tag": "x" * 200, "value": 3.4e38}]},
    {"wallTime": 1700000003.0, "step": 2**53 - 1, "scalars": [{"tag": "loss/validation", "value": "NaN"}]},
    {"wallTime": 1700000004.0, "step": 128, "scalars": [{"tag": "loss/validation", "value": "-Infinity"}]},
]


def file_bytes():
    stream = io.BytesIO()
    writer = RecordWriter(stream)
    version = Event(wall_time=1700000000.0, file_version="brain.Event:2")
    writer.write(version.SerializeToString())
    for event in EVENTS:
        values = [Summary.Value(tag=each["tag"], simple_value=float(each["value"])) for each in event["scalars"]]
        record = Event(wall_time=event["wallTime"], step=event["step"], summary=Summary(value=values))
        writer.write(record.SerializeToString())
    return stream.getvalue()


def read(path):
    for event in EventFileLoader(path).Load():
        for value in event.summary.value:
            number = float(tensor_util.make_ndarray(value.tensor))
            print(json.dumps({"step": event.step, "tag": value.tag, "value": number}))


def main():
    if "--read" in sys.argv:
        read(sys.argv[-1])
        return
    versions = {"python": platform.python_version(), "tensorboard": tensorboard.__version__}
    text = json.dumps({"versions": versions, "startTime": 1700000000.0, "events": EVENTS}, indent=2, ensure_ascii=False)
    if "--check" in sys.argv:
        assert (HERE / "events.tfevents").read_bytes() == file_bytes()
        print("events.tfevents is what TensorBoard writes")
        return
    (HERE / "events.json").write_text(text + "\n")
    (HERE / "events.tfevents").write_bytes(file_bytes())


if __name__ == "__main__":
    main()
