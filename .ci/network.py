"""Explores the page of a network in a headless browser: searches a channel, goes along its neighbours, filters; axe-core looks at it.

Usage: network.py ROLLCALL BROWSER AXE [FOLDER]   (AXE: axe.min.js; FOLDER: where to keep pictures)
"""

import json, os, pathlib, subprocess, sys, tempfile

from browsing import is_too_wide, judge, looks, resize, shoot
from smoke import Browser

CHANNELS = 12


def folder(at):
    """A ring of channels: each passes on from the next, and the first mentions all; the later the channel, the later the year."""
    names = [f"channel{number:02}" for number in range(CHANNELS)]
    peer = lambda number: {"_": "PeerChannel", "channel_id": 1000 + number}
    chats = [{"_": "Channel", "id": 1000 + number, "title": f"Title of {number}", "username": name, "broadcast": True}
             for number, name in enumerate(names)]
    for number, name in enumerate(names):
        forwarded = (number + 1) % CHANNELS
        date = f"20{10 + number}-03-01T10:00:00+00:00"
        posts = [{"_": "Message", "id": post, "peer_id": peer(number), "date": date, "message": "passed on",
                  "fwd_from": {"_": "MessageFwdHeader", "date": date, "from_id": peer(forwarded), "channel_post": post}}
                 for post in range(1, number + 2)]
        if number == 0:
            text = " ".join(f"@{other}" for other in names[1:])
            marks = [{"_": "MessageEntityMention", "offset": text.index(other) - 1, "length": len(other) + 1} for other in names[1:]]
            posts.append({"_": "Message", "id": 50, "peer_id": peer(number), "date": date, "message": text, "entities": marks})
        (at / name).mkdir(parents=True)
        (at / name / f"{name}.json").write_text(json.dumps({"_": "ChatFull", "full_chat": {"_": "ChannelFull", "id": 1000 + number},
                                                            "chats": [chats[number]], "users": []}))
        (at / name / f"{name}_messages.json").write_text(
            json.dumps({"_": "ChannelMessages", "count": len(posts), "messages": posts[::-1], "chats": chats, "users": []}))


def figures(page):
    return page.run("document.getElementById('figures').textContent")


def explore(page):
    assert figures(page).startswith(f"{CHANNELS} of {CHANNELS} channels"), figures(page)
    connections = int(figures(page).split(", ")[1].split()[0])

    # A search, and along the neighbours.
    page.run("{ const s = document.getElementById('search'); s.focus(); s.value = 't.me/channel05';"
             " s.dispatchEvent(new Event('input')); }")
    page.until("one channel", "document.querySelectorAll('#found button').length === 1")
    page.run("document.querySelector('#found button').click()")
    page.until("what it refers to", "document.querySelector('#node h2')?.textContent.includes('channel05')")
    near = page.run("[...document.querySelectorAll('#node li .name')].map(name => name.textContent)")
    assert sorted(near) == ["channel00", "channel04", "channel06"], near
    page.run("[...document.querySelectorAll('#node li button')].find(b => b.textContent.includes('channel06')).click()")
    page.until("the neighbour", "document.querySelector('#node h2').textContent.includes('channel06')")
    page.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
    page.until("nothing chosen", "document.getElementById('node').hidden")

    # By number, by kind, by time, by community: each leaves less, and all comes back.
    filters = {
        "number": "{ const w = document.getElementById('weight'); w.value = 80; w.dispatchEvent(new Event('input')); }",
        "kind": "document.querySelectorAll('#kinds input')[1].click()",
        "time": "{ const d = document.getElementById('from'); d.value = '2016-01-01'; d.dispatchEvent(new Event('change')); }",
        "community": "document.querySelector('#communities input').click()",
    }
    for name, script in filters.items():
        page.run(script)
        left = int(figures(page).split(", ")[1].split()[0])
        assert left < connections, (name, figures(page))
        page.run("document.getElementById('reset').click()")
        assert int(figures(page).split(", ")[1].split()[0]) == connections, (name, figures(page))

    # The drawing has something on it, and follows the mouse.
    inked = ("(() => { const c = document.getElementById('graph'), p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
             " let n = 0; for (let i = 3; i < p.length; i += 4) n += p[i] > 0; return n; })()")
    page.until("a drawing", f"{inked} > 1000")
    page.run("window.before = document.getElementById('graph').toDataURL()")
    page.run("document.getElementById('graph').dispatchEvent(new WheelEvent('wheel', {deltaY: -300, clientX: 700, clientY: 450}))")
    page.until("a larger drawing", "document.getElementById('graph').toDataURL() !== window.before")


def main(rollcall, browser, axe, pictures):
    axe, mistakes = pathlib.Path(axe).read_text() + "; true", []
    # What the browser leaves behind may still be written when it is killed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        data = pathlib.Path(home, "data")
        folder(data)
        made = subprocess.run([rollcall, "channels", "network", data, "-o", pathlib.Path(home, "out")], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        page = Browser(browser, os.path.join(home, "profile"))
        try:
            page.call("Page.navigate", url=pathlib.Path(home, "out", "network.html").as_uri())
            page.until("the figures", "document.getElementById('figures')?.textContent.includes('connections')")
            explore(page)
            for theme, width, w, h in looks():
                resize(page, width, w, h)
                page.run(f"theme({json.dumps(theme)})")
                is_too_wide(page, f"{theme} {width}", mistakes)
                # The page's own policy lets no script in but its own: the browser's console may.
                judge(page, axe, f"{theme} {width}", mistakes)
                shoot(page, pictures, f"network-{theme}-{width}")
            for lang, title in (("uz", "Kim kimga havola qiladi"), ("ru", "Кто на кого ссылается")):
                # Another address, or the browser would only jump within the page.
                page.call("Page.navigate", url=pathlib.Path(home, "out", "network.html").as_uri() + f"?{lang}#dark,{lang}")
                page.until(title, f"document.title === {json.dumps(title)} && document.documentElement.dataset.theme === 'dark'")
                page.run("document.querySelector('#kinds')?.scrollIntoView(); choose(0, true)")
                untold = page.run("[...document.querySelectorAll('[data-words]')].filter((told) => !told.textContent).map((told) => told.dataset.words).join()")
                assert not untold, f"{lang} has no words for {untold}"
                is_too_wide(page, lang, mistakes)
                judge(page, axe, lang, mistakes)
                shoot(page, pictures, f"network-{lang}")
        finally:
            page.process.kill()
            page.process.wait()
    if mistakes:
        raise SystemExit("\n".join(mistakes))
    print("the network's page was explored")


if __name__ == "__main__":
    main(*sys.argv[1:4], sys.argv[4] if len(sys.argv) > 4 and sys.argv[4] else None)
