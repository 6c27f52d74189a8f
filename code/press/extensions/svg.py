"""The same figure in fewer bytes and fewer elements, for the pages.

Matplotlib writes six decimals, an id for every group and an element for every point of a scatter;
a chapter with four clouds of points weighs megabytes and makes a browser stumble. Here points that
look alike become markers on one line (they are still painted one by one, so that half transparent
ones add up), numbers lose decimals that no screen shows, and what is invisible goes.
"""

import base64
import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import count
from xml.etree import ElementTree

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ALIKE = 8
"""So many points in a row that look alike are written as one line with markers."""
LOSSLESS_UP_TO = 60_000
"""A picture of more bytes than this, in shades of grey, is written with losses nobody sees."""

_NUMBER = re.compile(r"-?\d+\.\d+")
_REFERENCE = re.compile(r"#([\w.-]+)")
_FONT_SIZE = re.compile(r"font-size:\s*([\d.]+)px")
_ANCHOR = re.compile(r"text-anchor:\s*(\w+)")
_COMMON_FONT = "font-family: 'DejaVu Sans', Verdana, sans-serif"

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def _short(text: str, digits: int) -> str:
    def rounded(match: re.Match[str]) -> str:
        number = f"{float(match.group()):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if number in ("-0", "") else number

    return _NUMBER.sub(rounded, text)


def _path(d: str, digits: int) -> str:
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", _short(" ".join(d.split()), digits)).strip()


def _style(text: str) -> str:
    return ";".join(part.replace(": ", ":").strip() for part in text.split(";") if part.strip())


def _href(element: ElementTree.Element) -> str:
    return element.get(f"{{{XLINK}}}href", "").removeprefix("#")


def _invisible(element: ElementTree.Element) -> bool:
    """A background that is not painted, or a group that came to hold nothing."""
    if element.tag == f"{{{SVG}}}path":
        return element.get("style", "").strip(" ;") == "fill: none" and not element.get("id")
    return element.tag in (f"{{{SVG}}}g", f"{{{SVG}}}defs") and not len(element)


def _join(
    parent: ElementTree.Element, shapes: dict[str, ElementTree.Element], number: Iterator[int]
) -> None:
    """Write runs of points that look alike as one line whose corners are markers.

    Each marker's id ends in the next `number`: clouds in several axes may share one shape.
    """
    children, done = list(parent), 0
    while done < len(children):
        first = children[done]
        look = (_href(first), first.get("style"), sorted(set(first.keys()) - {"x", "y"}))
        run = [first]
        for other in children[done + 1 :]:
            if other.tag != first.tag:
                break
            if (_href(other), other.get("style"), sorted(set(other.keys()) - {"x", "y"})) != look:
                break
            run.append(other)
        done += len(run)
        shape = shapes.get(look[0])
        if first.tag != f"{{{SVG}}}use" or len(run) < ALIKE or shape is None:
            continue
        place = list(parent).index(first)
        name = f"{look[0]}-{next(number)}"
        marker = ElementTree.Element(
            f"{{{SVG}}}marker",
            {"id": name, "overflow": "visible", "markerUnits": "userSpaceOnUse"},
        )
        if first.get("style"):
            marker.set("style", str(first.get("style")))
        copy = ElementTree.SubElement(marker, shape.tag, dict(shape.attrib))
        copy.attrib.pop("id", None)
        points = " ".join(f"{p.get('x', '0')},{p.get('y', '0')}" for p in run)
        line = ElementTree.Element(
            f"{{{SVG}}}polyline",
            {"points": points, "style": f"fill: none; stroke: none; marker: url(#{name})"},
        )
        for point in run:
            parent.remove(point)
        parent.insert(place, line)
        parent.insert(place, marker)


@cache
def _image(address: str) -> str:
    """A picture's data URI, as WebP where that is smaller."""
    from PIL import Image

    head, _, text = address.partition("base64,")
    if "image/png" not in head or not text:
        return address
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        whole = picture.convert("RGBA")
    if whole.getchannel("A").getextrema() == (255, 255):
        whole = whole.convert("RGB")
    bands = whole.split()
    grey = len(bands) == 3 and bands[0].tobytes() == bands[1].tobytes() == bands[2].tobytes()
    found = io.BytesIO()
    if grey and len(text) > LOSSLESS_UP_TO:
        whole.save(found, "WEBP", quality=82, method=4)
    else:
        whole.save(found, "WEBP", lossless=True, quality=50, method=4)
    made = "data:image/webp;base64," + base64.b64encode(found.getvalue()).decode()
    return min(made, address, key=len)


def _merge_text(root: ElementTree.Element) -> None:
    """The font that all words share is said once."""
    root.set("font-family", "DejaVu Sans,Verdana,sans-serif")
    for text in root.iter(f"{{{SVG}}}text"):
        style = text.get("style", "")
        if _COMMON_FONT in style:
            text.set("style", style.replace(_COMMON_FONT, ""))
        # A space at either end keeps a label off its line; SVG would swallow a plain one.
        words = text.text or ""
        if words.strip() and words != words.strip(" "):
            text.text = re.sub(
                "^ +| +$", lambda match: "\N{NO-BREAK SPACE}" * len(match.group()), words
            )
        turn = text.get("transform", "")
        if re.match(r"rotate\(-?0(\.0+)? ", turn):
            del text.attrib["transform"]


@cache
def _length(words: str) -> float:
    """How wide `words` are in DejaVu Sans, as a multiple of the font's size."""
    from matplotlib import get_data_path
    from PIL import ImageFont

    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", 100)
    return float(font.getlength(words)) / 100


def _keep_text_inside(root: ElementTree.Element) -> None:
    """Words that lie level and stick out to the left or right are moved in as far as they fit."""
    left, _, width, _ = map(float, root.get("viewBox", "0 0 0 0").split())
    for text in root.iter(f"{{{SVG}}}text"):
        size = _FONT_SIZE.search(text.get("style", ""))
        if not size or not text.text or len(text) or text.get("transform"):
            continue
        long = float(size[1]) * _length(text.text)
        anchor = _ANCHOR.search(text.get("style", ""))
        before = {"middle": long / 2, "end": long}.get(anchor[1] if anchor else "", 0.0)
        start = float(text.get("x", "0")) - before
        inside = max(left, min(start, left + width - long))
        if abs(inside - start) > 1:
            text.set("x", f"{inside + before:.2f}")


@cache
def slim(svg: str) -> str:
    """The SVG element `svg`, as Matplotlib and `workshop.plotting` write it, made smaller.

    Raises `xml.etree.ElementTree.ParseError` if it is not well-formed.
    """
    root = ElementTree.fromstring(svg)
    shapes = {
        str(shape.get("id")): shape for shape in root.iter(f"{{{SVG}}}path") if shape.get("id")
    }
    number = count()
    for parent in list(root.iter()):
        _join(parent, shapes, number)
    used = set()
    for element in root.iter():
        for key, value in element.items():
            if key != "id" and not value.startswith("data:") and not key.startswith("aria-label"):
                used |= set(_REFERENCE.findall(value))
    for element in root.iter():
        if element.get("id") and element.get("id") not in used:
            # A shape that only markers used is left without a name, and so without a use.
            if element.tag == f"{{{SVG}}}path" and element in shapes.values():
                element.set("style", "fill: none")
            del element.attrib["id"]
    for defs in root.iter(f"{{{SVG}}}defs"):
        for style in defs.findall(f"{{{SVG}}}style"):
            # In a page this style would hold for the whole page.
            defs.remove(style)
    root.set("stroke-linejoin", "round")
    _merge_text(root)
    _keep_text_inside(root)
    _clean(root)
    for element in root.iter():
        for key, value in list(element.items()):
            element.set(key, _attribute(key, value))
        element.tail = None if not (element.tail or "").strip() else element.tail
        if element.tag not in (f"{{{SVG}}}text", f"{{{SVG}}}tspan"):
            element.text = None if not (element.text or "").strip() else element.text
    return ElementTree.tostring(root, encoding="unicode")


def _attribute(key: str, value: str) -> str:
    if key == "d":
        return _path(value, 1 if len(value) > 1500 else 2)
    if key in ("x", "y", "width", "height", "points", "transform"):
        return _short(value, 2)
    if key == "style":
        return _style(value)
    if key == f"{{{XLINK}}}href":
        return _image(value)
    return value


def _clean(element: ElementTree.Element) -> None:
    """Remove what is invisible, and groups that say nothing around what they hold."""
    for child in list(element):
        _clean(child)
        if _invisible(child):
            element.remove(child)
        elif child.tag == f"{{{SVG}}}g" and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            for offset, grandchild in enumerate(list(child)):
                element.insert(place + offset, grandchild)
