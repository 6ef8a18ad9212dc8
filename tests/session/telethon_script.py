"""Telethon reads a channel from the simulated data centre, and writes what it has as the researchers' collector does.

Arguments: number, host and port of the data centre, a ready session, the channel's name, a folder.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from telethon import TelegramClient, functions
from telethon.network import ConnectionTcpFull
from telethon.sessions import StringSession

CENTRE, HOST, PORT, SESSION, NAME, FOLDER = sys.argv[1:7]


class AsStr(json.JSONEncoder):
    def default(self, value):
        return str(value) if isinstance(value, (datetime, bytes)) else super().default(value)


def write(name, answer):
    plain = json.loads(AsStr().encode(answer))
    Path(FOLDER, name).write_text(json.dumps(plain, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


async def main():
    client = TelegramClient(StringSession(SESSION), 12345, "hash", connection=ConnectionTcpFull)
    await client.connect()
    channel = await client.get_entity(NAME)
    full = await client(functions.channels.GetFullChannelRequest(channel))
    write(f"{NAME}.json", full.to_dict())
    whole, offset = None, 0
    while True:
        request = functions.messages.GetHistoryRequest(
            peer=channel, offset_id=offset, offset_date=None, add_offset=0, limit=100, max_id=0, min_id=0, hash=0
        )
        page = (await client(request)).to_dict()
        if whole is None:
            whole = page
        elif page["messages"]:
            whole["messages"] += page["messages"]
            for kind in ("chats", "users"):
                known = {one["id"] for one in whole[kind]}
                whole[kind] += [one for one in page[kind] if one["id"] not in known]
        if not page["messages"]:
            break
        offset = page["messages"][-1]["id"]
    write(f"{NAME}_messages.json", whole)
    await client.disconnect()


asyncio.run(main())
