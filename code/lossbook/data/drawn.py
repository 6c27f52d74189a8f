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

from lossbook.data import shapes
from lossbook.data.archive import PARTS, Halves, read
from lossbook.data.cache import one_at_a_time, save
from lossbook.data.errors import DataError
from lossbook.data.shapes import SHAPES


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
        parts += [pictures(labels, rng), labels]
    return parts[0], parts[1], parts[2], parts[3]


def pictures(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One picture a label, `(n, 32, 32, 3)` uint8."""
    scene = _backgrounds(len(labels), rng)
    for number, label in enumerate(labels):
        figure = np.asarray(_figure(int(label), rng), np.float32)
        cover = figure[..., 3:] / 255
        scene[number] = scene[number] * (1 - cover) + figure[..., :3] * cover
    light = rng.uniform(0.65, 1.15, (len(labels), 1, 1, 1))
    tint = rng.uniform(0.9, 1.1, (len(labels), 1, 1, 3))
    noise = rng.normal(0, 1, scene.shape) * rng.uniform(4, 22, (len(labels), 1, 1, 1))
    return np.clip(scene * light * tint + noise, 0, 255).astype(np.uint8)


def _backgrounds(count: int, rng: np.random.Generator) -> np.ndarray:
    """Two colours that run into each other in any direction, with soft clutter."""
    first, second = _muted(rng.uniform(30, 235, (2, count, 1, 1, 3)))
    angle = rng.uniform(0, 2 * np.pi, (count, 1, 1))
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    along = x * np.cos(angle) + y * np.sin(angle)
    sharp = rng.uniform(0.7, 8, (count, 1, 1))
    mix = (1 / (1 + np.exp(-sharp * (along - rng.uniform(-0.6, 0.6, (count, 1, 1))))))[..., None]
    scene = first * mix + second * (1 - mix)
    coarse = rng.normal(0, 16, (count, 8, 8, 1)) + rng.normal(0, 8, (count, 8, 8, 3))
    return (scene + coarse.repeat(4, axis=1).repeat(4, axis=2)).astype(np.float32)


def _muted(colour: np.ndarray, keep: float = 0.5) -> np.ndarray:
    """Colours nearer to their own grey, as in photographs."""
    grey = colour.mean(axis=-1, keepdims=True)
    return grey + keep * (colour - grey)


def _figure(label: int, rng: np.random.Generator) -> Image.Image:
    """The object alone, with transparency, at its final size."""
    size = SIDE * OVERSAMPLING
    angle, scale = rng.normal(0, 0.22), rng.uniform(0.62, 1.0)
    mirror = rng.choice([-1.0, 1.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = scale * turn @ np.diag([mirror, rng.uniform(0.85, 1.1)])
    shift = rng.uniform(-1, 1, 2) * (1.12 - scale)
    colours = _colours(rng)
    canvas = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen = ImageDraw.Draw(canvas)
    for role, points in SHAPES[label](rng):
        placed = (points @ matrix.T + shift + 1) * size / 2
        pen.polygon([tuple(point) for point in placed.tolist()], fill=colours[role])
    return canvas.reduce(OVERSAMPLING)


def _colours(rng: np.random.Generator) -> dict[str, tuple[int, int, int, int]]:
    body = _muted(rng.uniform(20, 235, 3), keep=0.75)
    part = np.clip(body + rng.normal(0, 35) + rng.normal(0, 20, 3), 0, 255)
    dark, light = rng.uniform(0, 60, 3), rng.uniform(190, 255, 3)
    roles = {"body": body, "part": part, "dark": dark, "light": light}
    return {role: (int(c[0]), int(c[1]), int(c[2]), 255) for role, c in roles.items()}
