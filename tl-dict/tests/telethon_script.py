"""Shows what Telethon makes of the same bytes, as the researchers' collector writes it.

First all constructors that it knows, in one line, each with its number and how many arguments it has; then, for each line of hex
on standard input, a line of JSON.
"""

import inspect
import json
import sys
from datetime import datetime

from telethon.extensions import BinaryReader
from telethon.tl.alltlobjects import tlobjects


class AsStr(json.JSONEncoder):
    def default(self, value):
        return str(value) if isinstance(value, (datetime, bytes)) else super().default(value)


sys.stdout.reconfigure(encoding="utf-8")


def arguments(constructor):
    """Of the generated class; a friendlier one may stand before it."""
    generated = next(one for one in constructor.__mro__ if ".tl.types" in one.__module__ or ".tl.functions" in one.__module__)
    return 0 if generated.__init__ is object.__init__ else len(inspect.signature(generated.__init__).parameters) - 1


print(" ".join(f"{number}:{arguments(one)}" for number, one in tlobjects.items()), flush=True)
for line in sys.stdin:
    reader = BinaryReader(bytes.fromhex(line))
    plain = json.loads(AsStr().encode(reader.tgread_object().to_dict()))
    print(json.dumps(plain, ensure_ascii=False, separators=(",", ":")), flush=True)
