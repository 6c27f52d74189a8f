"""The stand-in for CIFAR-10: pictures in its ten classes, drawn by our own code.

For machines that have no CIFAR-10 and cannot fetch it, so that every chapter still runs. They are
drawings, and whatever is trained on them says nothing about CIFAR-10. Pose, build, colours,
background, light and noise vary independently of the class, so that neither colour nor background
gives it away.
"""

import hashlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageDraw

from workshop.data import shapes
from workshop.data.archive import PARTS, Halves, read
from workshop.data.cache import one_at_a_time, save
from workshop.data.errors import DataError
from workshop.data.shapes import SHAPES


def _version() -> str:
    """Short digest of the drawing code and of the libraries that it draws with."""
    digest = hashlib.sha256(f"{np.__version__} {PIL.__version__}".encode())
    for module in (__file__, shapes.__file__):
        digest.update(Path(module).read_bytes())
    return digest.hexdigest()[:12]


VERSION = _version()
"""Changes with the code that draws; part of the kept file's name."""
SEED = 2018
TRAIN, TEST = 1000, 200
"""Pictures a class."""
SIDE, OVERSAMPLING = 32, 3
BLOCK = 500
CONTRAST = 35
"""Least difference in mean lightness between an object's body and the ground, of 255."""
GROUNDS = np.array(
    [
        (125, 165, 215),  # sky
        (190, 196, 204),  # clouds
        (214, 160, 120),  # dusk
        (70, 105, 140),  # water
        (95, 130, 65),  # grass
        (60, 84, 55),  # trees
        (115, 113, 112),  # road
        (188, 168, 132),  # sand
        (224, 229, 234),  # snow
        (112, 84, 62),  # earth
    ],
    float,
)


def load(folder: Path) -> Halves:
    """`x_train, y_train, x_test, y_test`, from `folder` if they were drawn before.

    Drawing takes some seconds; the result is kept there if the folder can be written.
    """
    path = folder / f"drawn-{VERSION}.npz"
    halves = _kept(path)
    if halves is not None:
        return halves
    try:
        with one_at_a_time(folder):
            halves = _kept(path)  # another process may have drawn them meanwhile
            if halves is None:
                halves = draw()
                save(path, dict(zip(PARTS, halves, strict=True)))
    except OSError:
        # A read-only home or a full disk costs the seconds again next time, nothing else.
        return halves or draw()
    return halves


def _kept(path: Path) -> Halves | None:
    try:
        return read(path, "it is drawn anew")
    except DataError:
        # Not there yet, or damaged: either way it is drawn anew.
        return None


def draw(train: int = TRAIN, test: int = TEST, seed: int = SEED) -> Halves:
    """All pictures anew, `train` and `test` a class, in random order, the same for one seed."""
    parts: list[np.ndarray] = []
    for number, count in enumerate((train, test)):
        rng = np.random.default_rng([seed, number])
        labels = rng.permutation(np.repeat(np.arange(len(SHAPES)), count))
        # In blocks, because whole sets of floating-point pictures take a gigabyte.
        blocks = np.split(labels, range(BLOCK, len(labels), BLOCK))
        parts += [np.concatenate([pictures(block, rng) for block in blocks]), labels]
    return parts[0], parts[1], parts[2], parts[3]


def pictures(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One picture a label, `(n, 32, 32, 3)` uint8."""
    scene = _backgrounds(len(labels), rng)
    grounds = scene.mean(axis=(1, 2))
    for number, label in enumerate(labels):
        figure = np.asarray(_figure(int(label), grounds[number], rng), np.float32)
        cover = figure[..., 3:] / 255
        scene[number] = scene[number] * (1 - cover) + figure[..., :3] * cover
    light = rng.uniform(0.7, 1.15, (len(labels), 1, 1, 1))
    tint = rng.uniform(0.93, 1.07, (len(labels), 1, 1, 3))
    noise = rng.normal(0, 1, scene.shape) * rng.uniform(2, 12, (len(labels), 1, 1, 1))
    return np.clip(scene * light * tint + noise, 0, 255).astype(np.uint8)


def _backgrounds(count: int, rng: np.random.Generator) -> np.ndarray:
    """Any of GROUNDS above any other, with a horizon or a haze between, and clutter."""
    above, below = GROUNDS[rng.integers(len(GROUNDS), size=(2, count))][:, :, None, None]
    shade = rng.normal(0, 14, (2, count, 1, 1, 1)) + rng.normal(0, 7, (2, count, 1, 1, 3))
    tilt = rng.normal(0, 0.25, (count, 1, 1))
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    height = y * np.cos(tilt) + x * np.sin(tilt) - rng.uniform(-0.8, 0.8, (count, 1, 1))
    sharp = np.exp(rng.uniform(0, 3.5, (count, 1, 1)))
    mix = (1 / (1 + np.exp(-sharp * height)))[..., None]
    scene = (above + shade[0]) * (1 - mix) + (below + shade[1]) * mix
    for patches, strength in ((4, 16), (12, 14)):
        spots = rng.normal(0, 1, (count, patches, patches, 1)) * rng.uniform(
            0, strength, (count, 1, 1, 1)
        )
        between = _smoothing(patches)
        scene += np.einsum("ip,npqc,jq->nijc", between, spots, between, optimize=True)
    return scene.astype(np.float32)


def _smoothing(patches: int) -> np.ndarray:
    """Linear interpolation from `patches` values to SIDE pixels, as a matrix."""
    places = np.linspace(0, patches - 1, SIDE)[:, None]
    return np.maximum(0, 1 - np.abs(places - np.arange(patches)))


def _muted(colour: np.ndarray, keep: float = 0.5) -> np.ndarray:
    """Colours nearer to their own grey, as in photographs."""
    grey = colour.mean(axis=-1, keepdims=True)
    return grey + keep * (colour - grey)


def _figure(label: int, ground: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """The object alone, with transparency, at its final size; `ground` is the colour behind it."""
    size = SIDE * OVERSAMPLING
    angle, scale = rng.normal(0, 0.22), rng.uniform(0.65, 1.0)
    mirror = rng.choice([-1.0, 1.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = scale * turn @ np.diag([mirror, rng.uniform(0.85, 1.1)])
    shift = rng.uniform(-1, 1, 2) * (1.12 - scale)
    colours = _colours(ground, rng)
    canvas = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen = ImageDraw.Draw(canvas)
    for role, points in SHAPES[label](rng):
        placed = (points @ matrix.T + shift + 1) * size / 2
        pen.polygon([tuple(point) for point in placed.tolist()], fill=colours[role])
    return canvas.reduce(OVERSAMPLING)


def _colours(ground: np.ndarray, rng: np.random.Generator) -> dict[str, tuple[int, int, int, int]]:
    """A colour for each role; the body is lighter or darker than the ground, so that it shows."""
    body = _muted(rng.uniform(20, 235, 3), keep=0.6)
    contrast = body.mean() - ground.mean()
    body = body + np.copysign(max(abs(contrast), CONTRAST), contrast) - contrast
    part = body + rng.normal(0, 30) + rng.normal(0, 14, 3)
    dark, light = rng.uniform(0, 60, 3), rng.uniform(190, 255, 3)
    roles = {"body": body, "part": part, "dark": dark, "light": light}
    clipped = {role: np.clip(colour, 0, 255).astype(int) for role, colour in roles.items()}
    return {role: (int(c[0]), int(c[1]), int(c[2]), 255) for role, c in clipped.items()}
