"""`make screenshots`: every page, both themes, phone and desktop, in `_build/screenshots`."""

import sys

from browsing import ROOT, SITE, THEMES, Reader, chromium, page_names
from PIL import Image
from playwright.sync_api import sync_playwright
from serving import served

OUT = ROOT / "_build" / "screenshots"
WIDTHS = {"phone": 390, "desktop": 1440}
THUMB = (240, 400)


def contact_sheet(paths: list) -> None:
    """All pictures' beginnings, small, on one sheet, a row a page."""
    columns = len(THEMES) * len(WIDTHS)
    rows = -(-len(paths) // columns)
    sheet = Image.new("RGB", (columns * THUMB[0], rows * THUMB[1]), "white")
    for k, path in enumerate(paths):
        with Image.open(path) as picture:
            part = picture.crop((0, 0, picture.width, min(picture.height, picture.width * 5 // 3)))
            part = part.convert("RGB").resize(THUMB)
        sheet.paste(part, (k % columns * THUMB[0], k // columns * THUMB[1]))
    sheet.save(OUT / "contact-sheet.png")


def main() -> int:
    program = chromium()
    if program is None or not page_names():
        print("error: Chromium and the built site are needed", file=sys.stderr)
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    paths = []
    with served(SITE) as address, sync_playwright() as driver:
        reader = Reader(driver, program, address)
        for name in page_names():
            for theme in THEMES:
                for device, width in WIDTHS.items():
                    stem = name.removesuffix(".html").replace("/", "-")
                    path = OUT / f"{stem}-{theme}-{device}.png"
                    with reader.visit(name, theme=theme, width=width) as visit:
                        visit.page.screenshot(path=path, full_page=True)
                    paths.append(path)
        reader.close()
    contact_sheet(paths)
    print(f"{len(paths)} pictures and contact-sheet.png in {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
