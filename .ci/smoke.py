"""Plays the head of studies in the playground's page: taps buttons in a headless browser and reads what comes back.

Usage: smoke.py PLAYGROUND BROWSER [FOLDER]   (FOLDER: where to keep the README's screenshots)

The browser is spoken to over its debugging pipe, so that nothing has to be installed but the browser itself.
"""

import base64, json, os, re, socket, subprocess, sys, tempfile, time


def free_address():
    """An address of which nobody has the port now, nor the next one, which the dashboard takes."""
    while True:
        with socket.socket() as page, socket.socket() as dashboard:
            page.bind(("127.0.0.1", 0))
            port = page.getsockname()[1]
            try:
                dashboard.bind(("127.0.0.1", port + 1))
                return f"127.0.0.1:{port}"
            except (OSError, OverflowError):
                continue


class Browser:
    """A page of a headless Chromium, by its debugging pipe (messages end with a zero byte)."""

    def __init__(self, binary, profile):
        ours_out, theirs_in = os.pipe(), os.pipe()
        self.read_from, self.write_to = ours_out[0], theirs_in[1]

        def pipes():
            # Whatever numbers the pipes have, 3 and 4 may be among them.
            ends = os.dup(theirs_in[0]), os.dup(ours_out[1])
            for end, number in zip(ends, (3, 4)):
                os.dup2(end, number)
                os.set_inheritable(number, True)

        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
                 f"--user-data-dir={profile}", "--window-size=1440,900", "--hide-scrollbars", "about:blank"]
        self.process = subprocess.Popen([binary, *flags], preexec_fn=pipes, close_fds=False,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.buffer, self.next_id, self.session = b"", 0, None
        target = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"][0]
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]

    def call(self, method, **params):
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                self.buffer += os.read(self.read_from, 1 << 20)
            raw, self.buffer = self.buffer.split(b"\0", 1)
            answer = json.loads(raw)
            if answer.get("id") == self.next_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def until(self, what, script, patience=30):
        deadline, mistake = time.monotonic() + patience, ""
        while time.monotonic() < deadline:
            try:
                if self.run(script):
                    return
            except RuntimeError as why:
                # A page that is just being left answers nothing, or has no document any more.
                mistake = why
            time.sleep(0.1)
        raise SystemExit(f"waited in vain for {what} {mistake}; the page says:\n{self.run('document.body.innerText')}")

    def tap(self, label):
        """Taps the newest button with these words in the first pane."""
        find = ("[...document.querySelectorAll('#panes > *')][0]"
                f"?.querySelectorAll('button')")
        script = f"[...({find} ?? [])].filter(b => b.innerText.includes({json.dumps(label)})).at(-1)"
        self.until(f"a button {label!r}", f"!!({script})")
        self.run(f"({script}).click()")

    def sees(self, words):
        self.until(f"{words!r} in the first pane",
                   f"document.querySelector('#panes > *')?.innerText.includes({json.dumps(words)})")

    def says(self, words):
        """Writes in the first pane."""
        field = "document.querySelector('#panes > * [data-role=input]')"
        self.run(f"{{ const f = {field}; f.value = {json.dumps(words)};"
                 " f.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'})) }")

    def click(self, selector):
        self.until(selector, f"!!document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def set_clock(self, time):
        """Moves the simulator's clock to the next time that it shows this."""
        self.click("#until")
        self.until("the question for a time", "!!document.querySelector('.menu input')")
        self.run(f"document.querySelector('.menu input').value = {json.dumps(time)}")
        self.click(".menu .ok")
        self.until(f"{time} on the clock", f"document.querySelector('#clock').innerText.includes({json.dumps(time)})")

    def calls(self):
        """Starts a voice chat in the first group on the page, lets somebody join and fall off the network, ends it."""
        # The evening before the board, whatever time of the day it is here.
        self.set_clock("20:00")
        click = self.click
        click("[data-bot='0'] [data-role=menu]")
        click("[data-action=start-call]")
        click("[data-role=join-call]")
        click(".menu button")
        click("[data-seat]")
        click("[data-action='Fall off the network']")
        self.until("somebody who is lost", "!!document.querySelector('.seat.lost')")
        click("[data-role=join-call]")
        click(".menu button")
        self.until("somebody who is not", "!!document.querySelector('.seat:not(.lost)')")

    def evening(self):
        """Half past nine comes, the call ends, and the board is in the group."""
        self.set_clock("21:30")
        self.click("[data-role=end-call]")
        self.until("the end of the call", "!document.querySelector('[data-call]') && document.body.innerText.includes('Voice chat ended')")
        self.until("the evening's board", "document.body.innerText.includes('LEADERBOARD')")

    def shoot(self, path, selector=None):
        """Keeps a picture of the page, or of one element on it."""
        self.until("all pictures", "document.readyState === 'complete'")
        time.sleep(1)
        clip = {}
        if selector:
            box = self.run(f"(({{x, y, width, height}}) => ({{x, y, width, height}}))"
                           f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")
            clip = {"clip": {**box, "scale": 1}}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png", **clip)["data"]))


def main(playground, browser, pictures):
    def shoot(name, selector=None):
        if pictures:
            page.shoot(os.path.join(pictures, name), selector)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Port 0 would do for the simulator, but its address is a setting of the daemon: take one that is free now.
        address = free_address()
        daemon = subprocess.Popen([playground, address], stdout=subprocess.PIPE, text=True)
        page = None
        try:
            for line in daemon.stdout:
                found = re.search(r"http://\S+", line)
                if found:
                    break
            page = Browser(browser, profile)
            page.call("Page.navigate", url=found.group(0))
            admin = "#panes > *"
            page.sees("Teachers active")
            shoot("menu-main.png", admin)
            page.tap("Teachers")
            page.sees("Dilnoza Karimova")
            page.tap("Dilnoza Karimova")
            page.sees("Last 7 days")
            shoot("menu-teacher.png", admin)
            page.tap("Menu")
            page.sees("Messages today")
            page.tap("👥 Groups")
            page.sees("5-A sinf")
            page.tap("5-A sinf")
            page.sees("Counted here")
            shoot("menu-group.png", admin)
            page.tap("Menu")
            page.sees("Messages today")
            page.tap("Reports")
            page.tap("30 days")
            page.sees("Asia/Tashkent")
            shoot("menu-report.png", admin)
            shoot("playground.png")
            page.says("Who wrote less than usual this month?")
            page.sees("Here is what the report says")
            page.sees("against what is usual")
            shoot("menu-assistant.png", admin)
            page.calls()
            page.says("/start")
            page.tap("Study time")
            page.sees("5-A sinf")
            page.tap("5-A sinf")
            page.sees("21:30")
            # As it is once somebody was seen in the call.
            while not page.run("document.querySelector('#panes > *').innerText.includes('🔴')"):
                page.tap("Back")
                page.sees("Watch a group")
                page.tap("5-A sinf")
                page.sees("21:30")
            shoot("menu-study.png", admin)
            page.evening()
            shoot("board.png", "#panes > :last-child")
            print("the playground works: the menu was tapped through in a browser")
        finally:
            if page:
                page.process.kill()
                page.process.wait(10)
            daemon.terminate()
            daemon.wait(10)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
