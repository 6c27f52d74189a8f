"""Where the course explains each kind of finding."""

BOOK = "https://lossbook.github.io/lossbook/chapters/"

PAGES = {
    "pairing": "pairing.html",
    "logits": "29_logits.html",
    "two-classes": "06_two_classes.html",
    "ten-classes": "08_ten_classes.html",
    "several-objects": "10_several_objects.html",
    "softmax": "09_softmax.html",
    "mean": "04_mean.html",
    "robust": "14_robust.html",
    "counts": "15_counts.html",
    "positive": "16_positive.html",
    "shares": "17_shares.html",
    "ordered": "18_ordered.html",
    "angles": "19_angles.html",
    "clip": "07_clip.html",
    "heads": "03_heads.html",
    "every-pair": "26_every_pair.html",
    "learned-scale": "12_learned_scale.html",
}
"""A chapter's label → its page."""

SECTIONS = {
    "bounded-rate": "counts",
    "clipped": "clip",
    "counts-squared": "counts",
    "degrees-squared": "angles",
    "exclusive-classes": "ten-classes",
    "exclusive-kl": "ten-classes",
    "grades-squared": "ordered",
    "half-precision": "logits",
    "head-activation": "heads",
    "head-units": "heads",
    "hinge-range": "two-classes",
    "huber-scale": "robust",
    "log-input": "counts",
    "multi-label": "several-objects",
    "negative-variance": "learned-scale",
    "one-hot-sparse": "ten-classes",
    "one-unit-categorical": "two-classes",
    "out-of-reach": "every-pair",
    "shares-binary": "shares",
    "shares-squared": "shares",
    "skewed-squared": "positive",
    "softmax-binary": "several-objects",
    "softmax-one-unit": "softmax",
    "sparse-one-hot": "ten-classes",
}
"""A finding's code → the label of the chapter that explains it; else that on pairing mistakes."""


def address(code: str) -> str:
    """The page of the course that explains a finding."""
    label = SECTIONS.get(code, "pairing")
    return f"{BOOK}{PAGES[label]}#{label}"
