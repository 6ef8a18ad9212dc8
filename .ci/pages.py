"""Opens every page of the playground's dashboard in a headless browser, in both themes and at two widths, and lets axe-core look at it.

Usage: pages.py PLAYGROUND BROWSER AXE [FOLDER]   (AXE: axe.min.js; FOLDER: where to keep pictures of all pages)
"""

import hmac, json, os, re, subprocess, sys, tempfile, time, urllib.parse, urllib.request

from browsing import THEMES, is_too_wide, judge, looks, resize, shoot
from smoke import Browser, free_address

ADMIN, STUDENT, RESEARCHER, BOT_RETRIES = 600000001, 700000500, 700000700, 100


class Simulator:
    """The playground's simulated Telegram, as its page speaks to it."""

    def __init__(self, address):
        self.address = address

    def get(self, path):
        with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as answer:
            return json.load(answer)

    def act(self, **action):
        request = urllib.request.Request(f"{self.address}/sim/act", json.dumps(action).encode(),
                                         {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def links(self, user, bot):
        chats = [chat for chat in self.get("/sim/state")["chats"] if (chat["bot"], chat["chat"]) == (bot, user)]
        return list(dict.fromkeys(re.findall(r"http://[0-9.:]+/sign-in/[\w-]{43}", json.dumps(chats))))

    def link(self, user, bot):
        """Sends /dashboard to the bot and waits for the address in its answer."""
        before = self.links(user, bot)
        self.act(do="say", user=user, bot=bot, chat=user, text="/dashboard")
        for _ in range(BOT_RETRIES):
            fresh = [link for link in self.links(user, bot) if link not in before]
            if fresh:
                return fresh[-1]
            time.sleep(0.1)
        raise SystemExit(f"the bot sent {user} no link into the dashboard")


def sign_in(page, link, home="/"):
    page.call("Page.navigate", url=link)
    page.until("the button that comes in", "!!document.querySelector('button.main')")
    page.run("document.querySelector('button.main').click()")
    page.until("the first page", f"location.pathname === '{home}' && !!document.querySelector('.figures')")


def mini_app(page, site, simulator, bot):
    """Opens the dashboard as Telegram opens a Mini App: its proof stands behind the #."""
    page.call("Network.clearBrowserCookies")
    page.call("Page.navigate", url=f"{site}/app")
    page.until("the way in for browsers", "document.querySelector('[data-mini-app] p')?.innerText.includes('Telegram')")
    token = f"{bot['id']}:AAHsimulated-token_{bot['username']:_<16}00"
    user = json.dumps({"id": ADMIN, "first_name": "Nodira"}, separators=(",", ":"))
    said = {"auth_date": str(simulator.get("/sim/state")["now"] // 1000), "query_id": "AAE", "user": user}
    secret = hmac.digest(b"WebAppData", token.encode(), "sha256")
    text = "\n".join(f"{name}={value}" for name, value in sorted(said.items()))
    for proof, comes_in in (("0" * 64, False), (hmac.new(secret, text.encode(), "sha256").hexdigest(), True)):
        data = urllib.parse.quote(urllib.parse.urlencode({**said, "hash": proof}), safe="")
        page.call("Page.navigate", url="about:blank")
        page.call("Page.navigate", url=f"{site}/app#tgWebAppData={data}&tgWebAppVersion=8.0&tgWebAppPlatform=android")
        page.until("the overview" if comes_in else "a refusal", "!!document.querySelector('.figures')" if comes_in else
                   "!!document.querySelector('main') && !document.querySelector('[data-mini-app]') && !document.querySelector('.figures')")
        assert "tgWebAppData" not in page.run("location.href"), "the proof stays in the address"


def acts(page, site, simulator):
    """A change by a form, a filter that works in place, live numbers; each without a reload by hand."""
    page.call("Page.navigate", url=f"{site}/study")
    page.until("live news", "!!document.querySelector('[data-live=calls]')")
    state = simulator.get("/sim/state")
    group = page.run("document.querySelector('#t-communities td a').getAttribute('href').split('/').pop()")
    teacher = next(person["id"] for person in state["people"] if person.get("note") == "Teacher")
    page.run("window.untouched = true")
    simulator.act(do="start_call", by=ADMIN, chat=int(group))
    simulator.act(do="in_call", user=teacher, chat=int(group), what="join")
    page.until("somebody in the list of calls", "document.querySelectorAll('#t-calls tbody tr').length > 0")
    page.until("the number of people in calls", "Number(document.querySelector('[data-live=calls]').textContent) > 0")
    assert page.run("window.untouched"), "the page was loaded anew"

    page.call("Page.navigate", url=f"{site}/teachers")
    page.until("the filter", "!!document.querySelector('#t-teachers input[type=search]')")
    page.run("{ const f = document.querySelector('#t-teachers input[type=search]'); f.focus(); f.value = 'dilnoza';"
             " f.dispatchEvent(new Event('input', {bubbles: true})) }")
    page.until("one teacher", "document.querySelectorAll('#t-teachers tbody tr').length === 1")
    assert page.run("document.activeElement.type === 'search'"), "the filter lost the cursor"
    page.run("document.querySelector('#t-teachers th a').click()")
    page.until("a sorted column", "!!document.querySelector('#t-teachers th[aria-sort]')")
    page.run("document.querySelector('#t-teachers td a').click()")
    page.until("a form", "!!document.querySelector('form[action$=\"/name\"]')")
    page.run("{ const f = document.querySelector('form[action$=\"/name\"]'); f.elements.name.value = 'Dilnoza Karim'; f.requestSubmit() }")
    page.until("the new name", "document.querySelector('h1')?.innerText.includes('Dilnoza Karim') && !!document.querySelector('.notice')")


def too_large(page, site):
    """A file that Telegram wouldn't take: the page says so at once, and where no script looks, the server does."""
    page.call("Page.navigate", url=f"{site}/send")
    page.until("the field for a file", "!!document.querySelector('input[type=file]')")
    page.run("{ const d = new DataTransfer(); d.items.add(new File([new Uint8Array(51e6)], 'film.mp4'));"
             " const f = document.querySelector('input[type=file]'); f.files = d.files;"
             " f.dispatchEvent(new Event('change', {bubbles: true})) }")
    said = page.run("[document.querySelector('input[type=file]').validationMessage, document.querySelector('input[type=file]').form.checkValidity()]")
    assert "50 MB" in said[0] and said[1] is False, said
    page.run("document.querySelector('input[type=file]').form.submit()")
    page.until("the server's sentence", "document.querySelector('main.plain')?.innerText.includes('50 MB')")


def previews(page, site, axe, pictures, mistakes):
    """A message with formatting looks as it will arrive."""
    page.call("Page.navigate", url=f"{site}/send")
    page.until("the form", "!!document.querySelector('textarea[name=text]')")
    page.run("{ const f = document.querySelector('textarea[name=text]').form; f.elements.markup.value = 'html'; f.elements.to.value = 'me';"
             " f.elements.text.value = '<b>Tomorrow</b> <a href=\"https://school.example\">here</a> <tg-spoiler>x</tg-spoiler>\\n"
             "<blockquote>A <i>quotation</i></blockquote><pre>code &lt;b&gt;</pre>'; f.requestSubmit() }")
    page.until("the message", "document.querySelector('.message b')?.innerText === 'Tomorrow' && !document.querySelector('.flaw')")
    for theme in THEMES:
        page.run(f"document.documentElement.dataset.theme = {json.dumps(theme)}")
        judge(page, axe, f"preview {theme}", mistakes)
        shoot(page, pictures, f"preview-{theme}-desk")


def speak(page, site, lang):
    page.call("Page.navigate", url=f"{site}/settings")
    page.until("the choice of languages", "!!document.querySelector('select[name=lang]')")
    page.run(f"{{ const f = document.querySelector('select[name=lang]').form; f.elements.lang.value = '{lang}'; f.requestSubmit() }}")
    page.until(f"pages in {lang}", f"document.documentElement.lang === '{lang}' && !!document.querySelector('.notice')")


def name_viewer(page, site, user, name):
    page.call("Page.navigate", url=f"{site}/settings")
    page.until("the form for viewers", "!!document.querySelector('form[action=\"/settings/viewers\"]')")
    page.run("{ const f = document.querySelector('form[action=\"/settings/viewers\"]');"
             f" f.elements.name.value = {json.dumps(name)}; f.elements.account.value = '{user}'; f.requestSubmit() }}")
    page.until("the viewer among the others", f"document.querySelector('#t-viewers')?.innerText.includes({json.dumps(name)})")


def menu(page):
    return page.run("[...document.querySelectorAll('nav a')].map(a => a.getAttribute('href'))")


def answers(page, path, form=None):
    """What the server answers to somebody with this browser's cookies; `form`: fields that are posted, with what ours carry."""
    if form is None:
        return page.run(f"fetch({json.dumps(path)}, {{redirect: 'manual'}}).then(r => r.body?.cancel().then(() => r.status) ?? r.status)")
    return page.run(f"{{ const f = new URLSearchParams({json.dumps(form)}); f.set('csrf', document.querySelector('[name=csrf]').value);"
                    f" fetch({json.dumps(path)}, {{method: 'POST', body: f, redirect: 'manual'}}).then(r => r.status) }}")


def forms(page):
    """Where the forms on a page lead that change something."""
    return set(page.run("[...document.querySelectorAll('form[method=post]')].map(f => f.getAttribute('action'))"))


OWN_FORMS = {"/settings/language", "/settings/theme", "/sign-out", "/sign-out-everywhere"}
CHANGES = {"/teachers": {"name": "Eve Evil"}, "/teachers/T001/active": {"on": "no"}, "/send": {"text": "x", "to": "all"},
           "/jobs": {"task": "backup"}, "/settings/viewers": {"name": "Eve", "account": "77"}, "/settings/researchers": {"name": "Eve", "account": "77"}, "/commands": {"name": "evil", "text": "x"}}


def viewer(page, site, paths, look, mistakes):
    """Sees everything; nothing on it changes anything, and neither does what no page offers."""
    if sorted(menu(page)) != sorted(paths[name] for name in
                                    ("overview", "groups", "teachers", "chats", "study", "send", "jobs", "commands", "bots", "audit", "settings")):
        mistakes.append(f"the viewer's menu: {menu(page)}")
    for name, path in paths.items():
        page.call("Page.navigate", url=f"{site}{path}")
        page.until(f"{path} for a viewer", f"location.href === {json.dumps(site + path)} && !!document.querySelector('main h1') && document.readyState === 'complete'")
        if not page.run("!!document.querySelector('nav')"):
            mistakes.append(f"a viewer doesn't see {path}")
        mistakes += [f"a viewer may press {action} on {path}" for action in forms(page) - OWN_FORMS]
    page.call("Page.navigate", url=f"{site}/settings")
    page.until("the settings", "!!document.querySelector('[name=csrf]')")
    mistakes += [f"a viewer can post to {path}" for path, form in CHANGES.items() if answers(page, path, form) != 403]
    for name in ("overview", "teacher", "send", "jobs", "settings"):
        look(f"{site}{paths[name]}", f"viewer-{name}")


def teacher(page, site, paths, own, others, look, mistakes):
    """Sees what is their own, and a friendly refusal of everything else."""
    if sorted(menu(page)) != ["/me", "/settings"]:
        mistakes.append(f"the teacher's menu: {menu(page)}")
    for path in ("/me", "/me?days=30", "/settings"):
        page.call("Page.navigate", url=f"{site}{path}")
        page.until(path, f"location.href === {json.dumps(site + path)} && !!document.querySelector('nav') && document.readyState === 'complete'")
        text = page.run("document.body.innerText")
        mistakes += [f"a teacher reads {name} on {path}" for name in others if name in text]
        mistakes += [f"a teacher may press {action} on {path}" for action in forms(page) - OWN_FORMS]
        if own not in text:
            mistakes.append(f"a teacher misses their name on {path}")
    foreign = {path for name, path in paths.items() if name not in ("overview", "settings")}
    for path in sorted(foreign) + ["/teachers?table=teachers&format=json", "/audit?table=audit&format=csv", "/events"]:
        if answers(page, path) != 403:
            mistakes.append(f"a teacher gets {answers(page, path)} for {path}")
    mistakes += [f"a teacher can post to {path}" for path, form in CHANGES.items() if answers(page, path, form) != 403]
    page.call("Page.navigate", url=f"{site}/")
    page.until("the teacher's own page instead of the overview", "location.pathname === '/me' && !!document.querySelector('.figures')")
    look(f"{site}/me?days=30", "own")
    look(f"{site}/settings", "own-settings")
    for path, name in (("/teachers", "forbidden"), ("/nowhere", "missing")):
        look(f"{site}{path}", name)
        said = page.run("[document.querySelector('main.plain h1')?.innerText, document.querySelector('main.plain a')?.getAttribute('href')]")
        if not said[0] or said[1] != "/me":
            mistakes.append(f"{path} tells a teacher {said}")


def roles(page, simulator, bot, site, paths, teachers, look, mistakes):
    """Somebody comes in as a viewer, somebody as a teacher."""
    name_viewer(page, site, STUDENT, "Jasur")
    page.call("Network.clearBrowserCookies")
    sign_in(page, simulator.link(STUDENT, bot["id"]))
    viewer(page, site, paths, look, mistakes)
    names = {one["name"] for one in teachers}
    person = next(person for person in simulator.get("/sim/state")["people"] if person["name"] in names)
    page.call("Network.clearBrowserCookies")
    sign_in(page, simulator.link(person["id"], bot["id"]), "/me")
    teacher(page, site, paths, person["name"], names - {person["name"]}, look, mistakes)


def drawn(page, document):
    """Whether the network's page has something on its canvas."""
    return page.run(f"(() => {{ const c = {document}.getElementById('graph'), p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                    " let n = 0; for (let i = 3; i < p.length; i += 4) n += p[i] > 0; return n > 500; })()")


def research(page, simulator, site, person, channels, look):
    """Somebody signs in to Telegram with their own account, collects channels, looks at them, and takes them along."""
    page.call("Page.navigate", url=f"{site}/research")
    page.until("the form for Telegram", "!!document.querySelector('[name=api_id]')")
    if look:
        look(f"{site}/research", "research-sign-in")
    known = lambda: next(one for one in simulator.get("/sim/state")["people"] if one["id"] == person)
    page.run("{ const f = document.querySelector('[name=api_id]').form; f.elements.api_id.value = '1234567';"
             f" f.elements.api_hash.value = '0123456789abcdef' + '0123456789abcdef'; f.elements.phone.value = {json.dumps(known()['phone'])}; f.requestSubmit() }}")
    page.until("the field for the code", "!!document.querySelector('[name=code]')")
    if look:
        look(f"{site}/research", "research-code")
    page.run("{ const f = document.querySelector('[name=code]').form; f.elements.code.value = '00000'; f.requestSubmit() }")
    page.until("that the code is wrong", "document.querySelector('.notes')?.innerText.includes('code is wrong')")
    page.run(f"{{ const f = document.querySelector('[name=code]').form; f.elements.code.value = {json.dumps(known()['login_code'])}; f.requestSubmit() }}")
    page.until("the field for channels", "!!document.querySelector('[name=channels]')")
    collect = "const f = document.querySelector('[name=channels]').form; f.elements.channels.value = " + json.dumps(channels) + ";"
    if look:
        page.run("document.querySelector('details.folded summary').click()")
        page.until("what few need", "document.querySelector('[name=from]').checkVisibility()")
        look(f"{site}/research", "research-more", "document.querySelector('details.folded').open = true")
        page.run(f"{{ {collect} f.elements.from.value = '2026-02-01'; f.elements.to.value = '2026-01-01'; f.requestSubmit() }}")
        page.until("that the days are the wrong way round", "document.body.innerText.includes('The first day is later')")
        page.call("Page.navigate", url=f"{site}/research")
        page.until("the field for channels", "document.readyState === 'complete' && !!document.querySelector('[name=channels]')")
        collect += "f.elements.from.value = '2020-01-01'; f.elements.snowball.value = '1'; f.elements.comments.checked = true;"
    page.run(f"{{ {collect} f.requestSubmit() }}")
    # Nobody reloads: the news do.
    page.until("what was collected", "!!document.querySelector('[name=channels]') && !!document.querySelector('.figures dd')")
    page.call("Page.navigate", url=f"{site}/research/network")
    page.until("the network's picture", "document.querySelector('.picture img')?.naturalWidth > 0")
    page.until("the network to explore", "document.querySelector('iframe.framed')?.contentDocument?.getElementById('figures')?.textContent.includes('connections')")
    assert drawn(page, "document.querySelector('iframe.framed').contentDocument"), "nothing is drawn in the frame"
    page.call("Page.navigate", url=f"{site}/research/files")
    page.until("the files", "!!document.querySelector('#t-files')")
    assert answers(page, "/research/files/all.zip") == 200, "the archive"
    if look:
        for name in ("", "/overview", "/posts", "/network", "/files"):
            look(f"{site}/research{name}", f"research{name.replace('/', '-')}")
        # The frame is a page of its own as well, under its own policy.
        look(f"{site}/research/network.html", "research-explorer")


def look_at(page, url, axe, name, pictures, mistakes, then=""):
    for theme, width, w, h in looks():
        resize(page, width, w, h)
        page.call("Page.navigate", url=url)
        page.until(f"{url}", f"location.href === {json.dumps(url)} && document.readyState === 'complete' && !!document.querySelector('main, #graph')")
        page.run(f"document.documentElement.dataset.theme = {json.dumps(theme)}")
        # What is in a frame, and the network's drawing, are told.
        page.run(f"for (const w of [window, ...Array.from({{length: frames.length}}, (_, n) => frames[n])]) w.theme?.({json.dumps(theme)})")
        if then:
            page.run(then)
        page.run("document.fonts.ready.then(() => true)")
        is_too_wide(page, f"{name} {theme} {width}", mistakes)
        judge(page, axe, f"{name} {theme} {width}", mistakes)
        if pictures:
            height = page.run("document.documentElement.scrollHeight")
            resize(page, width, w, max(h, min(height, 4000)))
            shoot(page, pictures, f"{name}-{theme}-{width}")


def main(playground, browser, axe, pictures):
    with open(axe) as file:
        axe = file.read() + "; true"
    if pictures:
        os.makedirs(pictures, exist_ok=True)
    mistakes = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        address = free_address()
        daemon = subprocess.Popen([playground, address], stdout=subprocess.PIPE, text=True)
        page = None
        try:
            for line in daemon.stdout:
                if "/dashboard" in line:
                    break
            simulator = Simulator(f"http://{address}")
            bot = simulator.get("/sim/state")["bots"][0]
            link = simulator.link(ADMIN, bot["id"])
            site = link.split("/sign-in/")[0]
            page = Browser(browser, profile)
            page.call("Page.enable")
            look_at(page, f"{site}/sign-in", axe, "sign-in", pictures, mistakes)
            look_at(page, link, axe, "link", pictures, mistakes)
            mini_app(page, site, simulator, bot)
            page.call("Network.clearBrowserCookies")
            sign_in(page, link)
            look_at(page, f"{site}/sign-in/used", axe, "error", pictures, mistakes)
            acts(page, site, simulator)
            too_large(page, site)
            previews(page, site, axe, pictures, mistakes)
            groups = page.run("fetch('/groups?table=groups&format=json').then(r => r.json())")
            teachers = page.run("fetch('/teachers?table=teachers&format=json').then(r => r.json())")
            page.call("Page.navigate", url=f"{site}/chats")
            page.until("the chats", "!!document.querySelector('form[action=\"/chats/refresh\"]')")
            page.run("document.querySelector('form[action=\"/chats/refresh\"]').requestSubmit()")
            page.until("fresh numbers", "fetch('/chats?table=chats&format=json').then(r => r.json()).then(all => all.length > 5 && all.every(c => c.members > 0 && c.administrators > 0))")
            chats = page.run("fetch('/chats?table=chats&format=json').then(r => r.json())")
            group = next(chat for chat in chats if chat["chat_id"] == "-1001700000001")
            board = page.run("fetch('/study').then(r => r.text()).then(t => t.match(/\\/study\\/-\\d+/)[0])")
            paths = {"overview": "/", "groups": "/groups", "group": f"/groups/{groups[0]['chat_id']}?days=30",
                     "teachers": "/teachers", "teacher": f"/teachers/{teachers[0]['teacher_id']}?days=30", "study": "/study", "chats": "/chats", "chat": f"/chats/{group['chat_id']}",
                     "board": board, "bots": "/bots", "commands": "/commands", "jobs": "/jobs", "job": "/jobs/groups", "send": "/send", "audit": "/audit", "settings": "/settings"}
            for name, path in paths.items():
                look_at(page, f"{site}{path}", axe, name, pictures, mistakes)
            for lang in ("uz", "ru"):
                speak(page, site, lang)
                for name in ("overview", "teacher", "study", "settings"):
                    look_at(page, f"{site}{paths[name]}", axe, f"{name}-{lang}", pictures, mistakes)
            speak(page, site, "en")
            research(page, simulator, site, ADMIN, "@city_news t.me/weather_here buses_today culture_tonight",
                     lambda url, name, then="": look_at(page, url, axe, name, pictures, mistakes, then))
            page.call("Network.clearBrowserCookies")
            link = simulator.link(RESEARCHER, bot["id"])
            page.call("Page.navigate", url=link)
            page.until("the button that comes in", "!!document.querySelector('button.main')")
            page.run("document.querySelector('button.main').click()")
            page.until("Rita's own page", "location.pathname === '/research' && !!document.querySelector('[name=api_id]')")
            if sorted(menu(page)) != ["/research", "/settings"]:
                mistakes.append(f"the researcher's menu: {menu(page)}")
            research(page, simulator, site, RESEARCHER, "weather_here", None)
            if "city_news" in page.run("document.body.innerText"):
                mistakes.append("somebody sees another one's channels")
            page.call("Network.clearBrowserCookies")
            sign_in(page, simulator.link(ADMIN, bot["id"]))
            roles(page, simulator, bot, site, paths, teachers, lambda url, name: look_at(page, url, axe, name, pictures, mistakes), mistakes)
        finally:
            if page:
                page.process.kill()
                page.process.wait(10)
            daemon.terminate()
            daemon.wait(10)
    if mistakes:
        raise SystemExit("\n".join(mistakes))
    print("the dashboard works in a browser: signed in, changed, filtered, live; every page is right, in both themes, at both widths")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else "")
