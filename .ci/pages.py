"""Opens every page of the playground's dashboard in a headless browser, in both themes and at two widths, and lets axe-core look at it.

Usage: pages.py PLAYGROUND BROWSER AXE [FOLDER]   (AXE: axe.min.js; FOLDER: where to keep pictures of all pages)
"""

import hmac, json, os, re, socket, subprocess, sys, tempfile, time, urllib.parse, urllib.request

from smoke import Browser

ADMIN, BOT_RETRIES = 600000001, 100
WIDTHS = {"phone": (390, 844), "desk": (1440, 900)}
THEMES = ("light", "dark")


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

    def link(self, user, bot):
        """Sends /dashboard to the bot and waits for the address in its answer."""
        self.act(do="say", user=user, bot=bot, chat=user, text="/dashboard")
        for _ in range(BOT_RETRIES):
            found = re.findall(r"http://[0-9.:]+/sign-in/[\w-]{43}", json.dumps(self.get("/sim/state")))
            if found:
                return found[-1]
            time.sleep(0.1)
        raise SystemExit("the bot sent no link into the dashboard")


def sign_in(page, link):
    page.call("Page.navigate", url=link)
    page.until("the button that comes in", "!!document.querySelector('button.main')")
    page.run("document.querySelector('button.main').click()")
    page.until("the overview", "!!document.querySelector('.figures')")


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


def speak(page, site, lang):
    page.call("Page.navigate", url=f"{site}/settings")
    page.until("the choice of languages", "!!document.querySelector('select[name=lang]')")
    page.run(f"{{ const f = document.querySelector('select[name=lang]').form; f.elements.lang.value = '{lang}'; f.requestSubmit() }}")
    page.until(f"pages in {lang}", f"document.documentElement.lang === '{lang}' && !!document.querySelector('.notice')")


def look_at(page, url, axe, name, pictures, mistakes):
    for theme in THEMES:
        for width, (w, h) in WIDTHS.items():
            page.call("Emulation.setDeviceMetricsOverride", width=w, height=h, deviceScaleFactor=1, mobile=width == "phone")
            page.call("Page.navigate", url=url)
            page.until(f"{url}", f"location.href === {json.dumps(url)} && document.readyState === 'complete' && !!document.querySelector('main')")
            page.run(f"document.documentElement.dataset.theme = {json.dumps(theme)}")
            page.run("document.fonts.ready.then(() => true)")
            wide = page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                mistakes.append(f"{name} {theme} {width}: {wide} pixels wider than the window")
            page.run(axe)
            found = page.run("axe.run(document).then(({violations}) => violations.map(v => "
                             "`${v.impact} ${v.id}: ${v.help} ${v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).slice(0, 3).join(' | ')}`))")
            mistakes += [f"{name} {theme} {width}: {mistake}" for mistake in found]
            if pictures:
                height = page.run("document.documentElement.scrollHeight")
                page.call("Emulation.setDeviceMetricsOverride", width=w, height=max(h, min(height, 4000)), deviceScaleFactor=1, mobile=width == "phone")
                page.shoot(os.path.join(pictures, f"{name}-{theme}-{width}.png"))


def main(playground, browser, axe, pictures):
    with open(axe) as file:
        axe = file.read() + "; true"
    if pictures:
        os.makedirs(pictures, exist_ok=True)
    mistakes = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
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
