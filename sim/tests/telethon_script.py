"""Telethon against the simulated data centre: what its users do, step by step.

Says what it saw, one line each; asks for what the test knows by a line that ends in "?", and reads the answer.
Arguments: the RSA key's file, then number, host and port of the data centre, then a ready session.
"""

import asyncio
import sys

from telethon import TelegramClient, events, functions, types
from telethon.crypto import rsa
from telethon.errors import SessionPasswordNeededError
from telethon.network import ConnectionTcpAbridged, ConnectionTcpFull, ConnectionTcpIntermediate
from telethon.sessions import StringSession

KEY, CENTRE, HOST, PORT, SESSION = sys.argv[1:6]
lines = None


def say(*words):
    print(*words, flush=True)


async def ask(what):
    say(what + "?")
    return (await lines.readline()).decode().strip()


async def read_from_stdin():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def new_client(session, connection):
    client = TelegramClient(session, 12345, "hash", connection=connection, request_retries=1, flood_sleep_threshold=0)
    if not session.server_address:
        session.set_dc(int(CENTRE), HOST, int(PORT))
    return client


async def login_by_code():
    client = new_client(StringSession(), ConnectionTcpIntermediate)
    await client.connect()
    assert not await client.is_user_authorized()
    phone = await ask("phone")
    await client.send_code_request(phone)
    code = await ask("code")
    try:
        await client.sign_in(phone, code)
    except SessionPasswordNeededError:
        await client.sign_in(password=await ask("password"))
    say("logged in as", (await client.get_me()).id)
    await client.log_out()


async def login_by_qr():
    client = new_client(StringSession(), ConnectionTcpAbridged)
    await client.connect()
    code = await client.qr_login()
    waiting = asyncio.ensure_future(code.wait(timeout=20))
    await ask("scanned " + code.token.hex())
    try:
        await waiting
    except SessionPasswordNeededError:
        await client.sign_in(password=await ask("password"))
    say("logged in as", (await client.get_me()).id)
    saved = StringSession(client.session.save())
    await client.disconnect()
    again = new_client(saved, ConnectionTcpFull)
    await again.connect()
    say("again", (await again.get_me()).id)
    await again.disconnect()


async def use():
    client = new_client(StringSession(SESSION), ConnectionTcpFull)

    @client.on(events.Raw(types.UpdateGroupCallParticipants))
    async def changed(update):
        for one in update.participants:
            say("changed", update.version, one.peer.user_id, "left" if one.left else "muted" if one.muted else "speaks")

    @client.on(events.NewMessage(incoming=True))
    async def message(event):
        say("message", event.raw_text)

    await client.connect()
    say("name", (await client.get_me()).first_name)
    dialogs = {dialog.name: dialog async for dialog in client.iter_dialogs()}
    say("dialogs", *sorted(dialogs))
    group = dialogs["Study"].entity
    full = await client(functions.channels.GetFullChannelRequest(group))
    call = full.full_chat.call
    page = await client(functions.phone.GetGroupCallRequest(call, 3))
    people, offset = {p.peer.user_id for p in page.participants}, page.participants_next_offset
    while offset:
        more = await client(functions.phone.GetGroupParticipantsRequest(call, [], [], offset, 3))
        people |= {p.peer.user_id for p in more.participants}
        offset = more.next_offset
    say("present", page.call.version, len(people))
    await ask("ready")
    sent = await client.send_message(group, "**Board** of the day\nline two", parse_mode="md")
    say("sent", sent.id, sent.raw_text.split("\n")[0], len(sent.entities))
    small = await client.send_message(dialogs["Few"].entity, "hello few")
    say("sent", small.id, small.raw_text)
    await client.send_file(group, await ask("picture"), caption="The board")
    newest = [message async for message in client.iter_messages(group, limit=2)]
    say("newest", newest[0].raw_text, newest[0].photo.sizes[0].w, "/", newest[1].raw_text.split("\n")[0])
    found = await client.get_entity("@newsroom")
    say("found", found.title)
    book = [message async for message in client.iter_messages(found, limit=1)][0]
    content = await client.download_media(book, bytes)
    say("book", len(content), content == bytes(at % 251 for at in range(len(content))))
    await ask("over")
    await client.disconnect()


async def main():
    global lines
    lines = await read_from_stdin()
    with open(KEY) as file:
        rsa.add_key(file.read().encode(), old=False)
    await login_by_code()
    await login_by_qr()
    await use()
    say("done")


asyncio.run(main())
