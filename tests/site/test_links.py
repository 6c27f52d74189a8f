"""Links and loads, read from the files of the built site."""

import re
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
from browsing import SITE, page_names
from bs4 import BeautifulSoup

NAMES = page_names()
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "use": "href"}
FETCHING_RELS = {"stylesheet", "preload", "preconnect", "dns-prefetch", "icon", "modulepreload"}

pytestmark = pytest.mark.skipif(not NAMES, reason="the site is not built; run `make book`")


@cache
def soup(name):
    return BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(name):
    return {tag["id"] for tag in soup(name).find_all(id=True)}


def loaded(name):
    """Addresses that the browser fetches by itself to show the page."""
    for tag, attribute in LOADS.items():
        yield from (found[attribute] for found in soup(name).find_all(tag, attrs={attribute: True}))
    for link in soup(name).find_all("link", href=True):
        if FETCHING_RELS & set(link.get("rel", [])):
            yield link["href"]


@pytest.mark.parametrize("name", NAMES)
def test_page_loads_files_of_the_site_only(name):
    for address in loaded(name):
        parts = urlsplit(address)
        assert parts.scheme in ("", "data"), address
        assert not parts.netloc, address
        if not parts.scheme:
            assert ((SITE / name).parent / unquote(parts.path)).is_file(), address


def test_styles_load_nothing_from_elsewhere():
    outside = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])(?:https?:)?//[^)'\"]+")
    found = {
        str(path.relative_to(SITE)): outside.findall(path.read_text(encoding="utf-8"))
        for path in SITE.rglob("*.css")
    }
    assert {path: loads for path, loads in found.items() if loads} == {}


@pytest.mark.parametrize("name", NAMES)
def test_internal_links_and_anchors_exist(name):
    broken = []
    for link in soup(name).find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc:
            continue
        target = (SITE / name).parent / unquote(parts.path) if parts.path else SITE / name
        if not target.is_file():
            broken.append(f"{link['href']}: no such file")
        elif parts.fragment and target.suffix == ".html":
            there = str(target.resolve().relative_to(SITE))
            if unquote(parts.fragment) not in anchors(there):
                broken.append(f"{link['href']}: no such anchor")
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_headings_say_something(name):
    ids = [tag["id"] for tag in soup(name).find_all(id=True)]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
    assert [str(h) for h in soup(name).find_all(re.compile("^h[1-6]$")) if not h.text.strip()] == []
    assert soup(name).html["lang"] == "en"
