"""Turns a matplotlib SVG into one that lives inside a page: no fixed size, colours and font of the page, ids of its own."""

import re

from . import style

NUMBER = re.compile(r"-?\d+\.\d{3,}")


def inline(text, name, title):
    """@param text a whole SVG file of matplotlib; @param name unique in the page; @param title what it shows, for readers' programs"""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<style type=\"text/css\">.*?</style>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    head, end = text.split(">", 1)
    box = re.search(r'viewBox="([^"]+)"', head)[1]
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{box}" role="img" '
        f'aria-label="{_attribute(title)}">{end}'
    )
    text = _own_ids(text, name)
    for colour, variable in style.VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    text = re.sub(r"(font: [^;\"']*?[\d.]+px )[^;\"]+", r"\1var(--figure-font)", text)
    text = _rounded(text, 2)
    return re.sub(r"\n\s*", "\n", text).strip()


def _own_ids(text, name):
    """Ids that something refers to get the figure's name before them; the others go."""
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    return re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)


def _attribute(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def standalone(text):
    """The same picture as a file: on paper of its own, so that it can be read on a dark page; coordinates are rounded."""
    begin = text.index(">", text.index("<svg")) + 1
    return _rounded(f'{text[:begin]}\n <rect width="100%" height="100%" fill="{style.PAPER}"/>{text[begin:]}', 3)


def _rounded(text, digits):
    """Coordinates stand inside tags; numbers between tags are words that people read, and stay."""

    def shorter(number):
        return f"{float(number[0]):.{digits}f}".rstrip("0").rstrip(".")

    return re.sub(r"<[^>]*>", lambda tag: NUMBER.sub(shorter, tag[0]), text)
