"""The ten classes as shapes: polygons in a square from -1 to 1, x to the right, y downwards.

Each function takes a random generator, which varies the build, and gives layers from back to
front: a role ("body", "part", "dark", "light") and the points of a polygon.
"""

from collections.abc import Callable

import numpy as np

Layer = tuple[str, np.ndarray]


def polygon(*points: tuple[float, float]) -> np.ndarray:
    """Points in order."""
    return np.array(points, float)


def ellipse(x: float, y: float, width: float, height: float, corners: int = 18) -> np.ndarray:
    """An ellipse by its centre and half-axes."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([x + width * np.cos(turn), y + height * np.sin(turn)], axis=1)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """An upright rectangle."""
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def limb(x: float, y: float, to_x: float, to_y: float, width: float) -> np.ndarray:
    """A straight limb from one point to another."""
    along = np.array([to_x - x, to_y - y])
    across = width * np.array([-along[1], along[0]]) / (np.hypot(*along) + 1e-9)
    start, end = np.array([x, y]), np.array([to_x, to_y])
    return np.stack([start + across, end + across, end - across, start - across])


def airplane(rng: np.random.Generator) -> list[Layer]:
    """A fuselage with wings swept back and a tail."""
    sweep, span, thick = rng.uniform(0.1, 0.5), rng.uniform(0.55, 0.9), rng.uniform(0.1, 0.17)
    far = span * rng.uniform(0.5, 1)
    return [
        ("part", polygon((0.15, 0), (-0.2 - sweep, -far), (-0.4 - sweep, -far), (-0.2, 0))),
        ("body", ellipse(0, 0, 0.9, thick)),
        ("part", polygon((0.25, 0), (-0.15 - sweep, span), (-0.4 - sweep, span), (-0.2, 0))),
        ("part", polygon((-0.6, 0), (-0.95, -rng.uniform(0.3, 0.5)), (-0.85, 0))),
        ("dark", ellipse(0.7, -0.03, 0.1, thick * 0.4)),
    ]


def automobile(rng: np.random.Generator) -> list[Layer]:
    """A low body with a cabin in the middle and two wheels."""
    roof, wheel = rng.uniform(-0.5, -0.35), rng.uniform(0.16, 0.22)
    front, back = rng.uniform(0.25, 0.45), rng.uniform(-0.6, -0.4)
    left, right, glass = (back + front) / 2 - 0.03, (back + front) / 2 + 0.03, roof + 0.08
    body = [(-0.92, 0.0), (-0.85, -0.1), (0.8, -0.1), (0.92, 0.05), (0.92, 0.35), (-0.92, 0.35)]
    cabin = [(back - 0.15, -0.05), (back + 0.1, roof), (front - 0.1, roof), (front + 0.2, -0.05)]
    rear = [(back, -0.08), (back + 0.14, glass), (left, glass), (left, -0.08)]
    screen = [(right, -0.08), (right, glass), (front - 0.12, glass), (front + 0.08, -0.08)]
    return [
        ("body", polygon(*body)),
        ("body", polygon(*cabin)),
        ("light", polygon(*rear)),
        ("light", polygon(*screen)),
        ("dark", ellipse(-0.55, 0.36, wheel, wheel)),
        ("dark", ellipse(0.55, 0.36, wheel, wheel)),
    ]


def _wing(tip: float, back: float) -> np.ndarray:
    """A wing from the back to height `tip`: round in front, feathered behind."""
    front = [(0.3, 0), (0.3, 0.35 * tip), (0.18, 0.75 * tip), (back, tip)]
    feathers = [(back - 0.08, 0.78 * tip), (back - 0.16, 0.82 * tip), (back - 0.12, 0.55 * tip)]
    return polygon(*front, *feathers, (-0.25, 0.45 * tip), (-0.15, 0))


def bird(rng: np.random.Generator) -> list[Layer]:
    """Flying with spread wings, or sitting on thin legs."""
    beak = ("dark", polygon((0.72, -0.32), (0.98, -0.25), (0.72, -0.2)))
    head = ("body", ellipse(0.58, -0.28, 0.2, 0.2))
    body = ("body", ellipse(0.05, 0, 0.55, rng.uniform(0.22, 0.32)))
    tail = ("part", polygon((-0.4, 0), (-0.95, -rng.uniform(0.0, 0.25)), (-0.9, 0.2)))
    eye = ("dark", ellipse(0.63, -0.33, 0.045, 0.045, 8))
    if rng.random() < 0.5:
        lift = rng.uniform(0.5, 0.9)
        wings = [
            ("part", _wing(-lift, rng.uniform(-0.25, 0.05))),
            ("part", _wing(lift * rng.uniform(0.6, 1), rng.uniform(-0.25, 0.05))),
        ]
        return [wings[0], tail, body, head, beak, eye, wings[1]]
    legs = [
        ("dark", limb(0.0, 0.2, 0.05, 0.75, 0.03)),
        ("dark", limb(0.18, 0.2, 0.22, 0.75, 0.03)),
    ]
    wing = ("part", polygon((0.3, -0.08), (-0.5, 0.02), (-0.35, 0.18), (0.1, 0.15)))
    return [*legs, tail, body, head, beak, eye, wing]


def _four_legs(
    rng: np.random.Generator, length: float, width: float, back: float, front: float
) -> list[Layer]:
    stride = rng.uniform(-0.12, 0.12, 4)
    places = (back, back + 0.16, front - 0.16, front)
    return [
        ("part" if number % 2 else "body", limb(x, 0.1, x + stride[number], length, width))
        for number, x in enumerate(places)
    ]


def cat(rng: np.random.Generator) -> list[Layer]:
    """A round face with pointed ears, close up or with a curled body below."""
    grow = rng.uniform(0.9, 1.25) if rng.random() < 0.5 else 0.75
    up = 0.0 if grow > 0.8 else -0.3
    layers: list[Layer] = []
    if grow < 0.8:
        layers = [
            ("body", ellipse(0, 0.5, 0.5, 0.48)),
            ("part", limb(0.4, 0.8, 0.9, rng.uniform(0.0, 0.6), 0.07)),
        ]
    ears = [
        polygon((-0.5, -0.2), (-0.48, -0.75), (-0.1, -0.42)),
        polygon((0.5, -0.2), (0.48, -0.75), (0.1, -0.42)),
    ]
    face = [("body", ear) for ear in ears] + [
        ("body", ellipse(0, 0, 0.55, 0.48)),
        ("light", ellipse(-0.22, -0.08, 0.1, 0.12)),
        ("light", ellipse(0.22, -0.08, 0.1, 0.12)),
        ("dark", ellipse(-0.22, -0.08, 0.045, 0.1)),
        ("dark", ellipse(0.22, -0.08, 0.045, 0.1)),
        ("part", ellipse(0, 0.2, 0.2, 0.13)),
        ("dark", polygon((-0.07, 0.1), (0.07, 0.1), (0, 0.19))),
    ]
    return layers + [(role, points * grow * 0.9 + (0, up)) for role, points in face]


def deer(rng: np.random.Generator) -> list[Layer]:
    """Slender legs, a long neck and antlers."""
    lean = rng.uniform(0.45, 0.62)
    antlers = [
        ("dark", limb(lean, -0.6, lean - 0.2, -1.0, 0.03)),
        ("dark", limb(lean - 0.1, -0.8, lean + 0.02, -0.98, 0.025)),
        ("dark", limb(lean + 0.05, -0.6, lean + 0.28, -0.98, 0.03)),
        ("dark", limb(lean + 0.16, -0.8, lean + 0.4, -0.82, 0.025)),
    ]
    return [
        *_four_legs(rng, 0.95, 0.05, -0.5, 0.35),
        ("body", ellipse(-0.08, 0.05, 0.52, 0.24)),
        ("body", limb(0.3, 0.0, lean, -0.5, 0.11)),
        ("body", ellipse(lean + 0.12, -0.52, 0.2, 0.11)),
        ("light", ellipse(-0.58, 0.0, 0.08, 0.1)),
        *antlers,
    ]


def dog(rng: np.random.Generator) -> list[Layer]:
    """A face with hanging ears and a long muzzle, or a standing body with a raised tail."""
    if rng.random() < 0.5:
        return [
            ("body", ellipse(0, 0, 0.5, 0.58)),
            ("part", ellipse(-0.52, 0.08, 0.17, 0.45)),
            ("part", ellipse(0.52, 0.08, 0.17, 0.45)),
            ("light", ellipse(0, 0.3, 0.28, 0.28)),
            ("dark", ellipse(0, 0.18, 0.13, 0.09)),
            ("dark", ellipse(-0.2, -0.15, 0.07, 0.07)),
            ("dark", ellipse(0.2, -0.15, 0.07, 0.07)),
        ]
    return [
        *_four_legs(rng, 0.8, 0.08, -0.5, 0.35),
        ("part", limb(-0.55, -0.05, -0.9, -rng.uniform(0.2, 0.6), 0.06)),
        ("body", ellipse(-0.1, 0.05, 0.55, 0.25)),
        ("body", ellipse(0.52, -0.25, 0.24, 0.22)),
        ("body", ellipse(0.78, -0.17, 0.18, 0.11)),
        ("part", ellipse(0.42, -0.2, 0.1, 0.24)),
        ("dark", ellipse(0.93, -0.19, 0.05, 0.05, 8)),
    ]


def frog(rng: np.random.Generator) -> list[Layer]:
    """Wide and low, with bulging eyes and folded legs."""
    wide = rng.uniform(0.55, 0.7)
    return [
        ("part", ellipse(-wide, 0.35, 0.32, 0.22)),
        ("part", ellipse(wide, 0.35, 0.32, 0.22)),
        ("body", ellipse(0, 0.12, wide, 0.42)),
        ("light", ellipse(0, 0.32, wide * 0.6, 0.2)),
        ("body", ellipse(-0.33, -0.32, 0.17, 0.17)),
        ("body", ellipse(0.33, -0.32, 0.17, 0.17)),
        ("light", ellipse(-0.33, -0.34, 0.1, 0.1)),
        ("light", ellipse(0.33, -0.34, 0.1, 0.1)),
        ("dark", ellipse(-0.33, -0.34, 0.05, 0.07)),
        ("dark", ellipse(0.33, -0.34, 0.05, 0.07)),
    ]


def horse(rng: np.random.Generator) -> list[Layer]:
    """A heavy body, a neck with a mane, a long head and tail."""
    rise = rng.uniform(-0.75, -0.5)
    return [
        *_four_legs(rng, 0.95, 0.075, -0.5, 0.38),
        ("dark", limb(-0.6, -0.05, -0.82, rng.uniform(0.35, 0.6), 0.09)),
        ("body", ellipse(-0.08, 0.0, 0.58, 0.3)),
        ("body", polygon((0.2, -0.2), (0.5, rise), (0.72, rise + 0.12), (0.5, 0.1))),
        ("body", limb(0.55, rise + 0.05, 0.9, rise + 0.35, 0.12)),
        ("dark", polygon((0.12, -0.25), (0.42, rise - 0.08), (0.56, rise - 0.02), (0.3, -0.15))),
    ]


def ship(rng: np.random.Generator) -> list[Layer]:
    """A hull that narrows downwards, with a deckhouse or with sails."""
    hull = ("body", polygon((-0.95, 0.1), (0.95, 0.05), (0.7, 0.5), (-0.75, 0.5)))
    band = ("part", polygon((-0.85, 0.3), (0.83, 0.28), (0.7, 0.5), (-0.75, 0.5)))
    if rng.random() < 0.4:
        mast = rng.uniform(-0.95, -0.75)
        return [
            ("dark", limb(0, 0.1, 0, mast, 0.03)),
            ("light", polygon((0.06, mast + 0.05), (0.06, 0.0), (0.7, 0.0))),
            ("light", polygon((-0.06, mast + 0.15), (-0.06, 0.0), (-0.55, 0.0))),
            hull,
            band,
        ]
    left = rng.uniform(-0.6, -0.2)
    return [
        ("light", box(left, -0.25, left + 0.8, 0.1)),
        ("light", box(left + 0.15, -0.5, left + 0.55, -0.2)),
        ("part", box(left + 0.25, -0.85, left + 0.42, -0.45)),
        ("dark", box(left + 0.06, -0.14, left + 0.74, -0.05)),
        hull,
        band,
    ]


def truck(rng: np.random.Generator) -> list[Layer]:
    """A tall box behind a separate cab, on three wheels."""
    top, wheel = rng.uniform(-0.75, -0.5), rng.uniform(0.14, 0.19)
    cab = rng.uniform(-0.3, -0.15)
    return [
        ("part", box(-0.95, top, 0.3, 0.4)),
        ("body", polygon((0.36, 0.4), (0.36, cab), (0.7, cab), (0.93, 0.05), (0.93, 0.4))),
        ("light", polygon((0.5, 0.02), (0.5, cab + 0.08), (0.68, cab + 0.08), (0.82, 0.02))),
        ("dark", ellipse(-0.7, 0.45, wheel, wheel)),
        ("dark", ellipse(-0.3, 0.45, wheel, wheel)),
        ("dark", ellipse(0.65, 0.45, wheel, wheel)),
    ]


SHAPES: tuple[Callable[[np.random.Generator], list[Layer]], ...] = (
    airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck,
)  # fmt: skip
"""In CIFAR-10's order of classes."""
