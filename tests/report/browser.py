"""Opens a page in headless Chromium without network and says what it found."""

import html
import json
import re
import subprocess

# Runs in the page after it is loaded; what it finds stands in an attribute of the dumped document.
PROBE = """<script>
addEventListener("load", () => {
  const seen = e => e.getClientRects().length > 0;
  const frames = [...document.querySelectorAll("figure")];
  const found = {
    figures: frames.length,
    pictures: frames.map(f => [...f.querySelectorAll("svg")].filter(seen).length),
    drawn: frames.every(f => [...f.querySelectorAll("svg")].filter(seen).every(s => s.querySelectorAll("path").length > 2 && s.getBoundingClientRect().height > 60)),
    tables: document.querySelectorAll("table").length,
    captions: frames.filter(f => f.querySelector("figcaption").innerText.length > 60).length,
    width: innerWidth, content: document.documentElement.scrollWidth,
    wide_figures: frames.filter(f => f.getBoundingClientRect().right > innerWidth + 1).length,
    ink: getComputedStyle(document.body).color, paper: getComputedStyle(document.body).backgroundColor,
    fetched: performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith("data:"))
  };
  document.body.setAttribute("data-found", JSON.stringify(found));
});
</script>"""


def look(browser, page, folder, width=1280, dark=False):
    """(what PROBE found, console messages). The page is opened in a frame of that width, so that narrow ones work too."""
    text = page.read_text("utf-8")
    probed = page.with_name("probed.html")
    probed.write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--enable-logging=stderr",
        "--v=0",
        f"--user-data-dir={folder / 'chromium'}",
        f"--window-size={max(width, 500)},900",
        "--virtual-time-budget=10000",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--dump-dom",
    ]
    if dark:
        command.append("--blink-settings=preferredColorScheme=0")
    target = probed
    if width < 500:  # a window cannot be that narrow; a frame can
        target = page.with_name("frame.html")
        target.write_text(
            f'<!DOCTYPE html><meta charset="utf-8"><body><script>addEventListener("load", () => {{ const b = '
            f'document.querySelector("iframe").contentDocument.body; document.body.setAttribute("data-found", '
            f'b.getAttribute("data-found")); }});</script><iframe src="probed.html" style="width:{width}px;height:900px;border:0">'
            f"</iframe></body>"
        )
        command.append("--allow-file-access-from-files")
    made = subprocess.run([*command, target.as_uri()], capture_output=True, text=True, timeout=120)
    found = re.search(r'data-found="([^"]*)"', made.stdout)
    assert found, made.stdout[-500:] + made.stderr[-2000:]
    console = [line for line in made.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(html.unescape(found[1])), console
