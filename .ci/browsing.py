"""What all that is looked at in a browser has in common: both themes, two widths, axe-core, pictures."""

import os

WIDTHS = {"phone": (390, 844), "desk": (1440, 900)}
THEMES = ("light", "dark")


def looks():
    """Every way in which a page is looked at: theme, name of the width, width, height."""
    return [(theme, width, w, h) for theme in THEMES for width, (w, h) in WIDTHS.items()]


def resize(page, width, w, h):
    page.call("Emulation.setDeviceMetricsOverride", width=w, height=h, deviceScaleFactor=1, mobile=width == "phone")


def judge(page, axe, name, mistakes):
    """Lets axe-core look at what is shown."""
    page.run(axe)
    found = page.run("axe.run(document).then(({violations}) => violations.map(v => "
                     "`${v.impact} ${v.id}: ${v.help} ${v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).slice(0, 3).join(' | ')}`))")
    mistakes += [f"{name}: {mistake}" for mistake in found]


def is_too_wide(page, name, mistakes):
    wide = page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        mistakes.append(f"{name}: {wide} pixels wider than the window")


def shoot(page, pictures, name):
    if pictures:
        page.shoot(os.path.join(pictures, f"{name}.png"))
