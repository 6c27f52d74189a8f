"""PyTorch models as lines of code: forty with one planted mistake each, forty that are right.

`Case.last` is the last module with weights, `after` the modules behind it. `body` is what comes
before, `x` a batch. `build` runs the lines; `mend` puts the checker's lines in their place.
"""

from dataclasses import dataclass, replace

import numpy
import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Case:
    """A program of a few lines, and the code of its mistake ("" if it has none)."""

    code: str = ""
    last: str = "nn.Linear(8, 1)"
    loss: str = "nn.MSELoss()"
    y: str = "torch.randn(32, 1)"
    after: str = ""
    body: str = "nn.Linear(4, 8), nn.ReLU()"
    x: str = "torch.randn(32, 4)"
    output: str = "out"
    then: tuple[str, ...] = ()
    model: str = ""


class Then(nn.Module):
    """Modules one after the other, and an expression of `out` at the end."""

    def __init__(self, parts, output):
        super().__init__()
        self.parts = nn.Sequential(*parts)
        self.output = output

    def forward(self, x):
        out = x
        for part in self.parts:
            out = part(out)
            out = out[0] if isinstance(out, tuple) else out
        return eval(self.output, {"torch": torch, "F": F, "out": out})


class Gaussian(nn.Module):
    def __init__(self, positive):
        super().__init__()
        self.mean, self.spread = nn.Linear(4, 1), nn.Linear(4, 1)
        self.positive = positive

    def forward(self, x):
        spread = self.spread(x)
        return self.mean(x), F.softplus(spread) if self.positive else spread


class Named(nn.Module):
    """As models of a well-known library put out: an object with logits."""

    def __init__(self):
        super().__init__()
        self.words, self.end = nn.Embedding(50, 8), nn.Linear(8, 3)

    def forward(self, input_ids, attention_mask=None):
        return {"logits": self.end(self.words(input_ids).mean(dim=1)), "hidden": input_ids}


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.end = nn.Linear(8, 5)

    def forward(self, x):
        return self.end(self.inner(x)).transpose(1, 2)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, x):
        return x + self.two(F.relu(self.one(x)))


def build(case):
    """The model, its loss, labels and inputs."""
    names = {
        "torch": torch, "nn": nn, "F": F, "numpy": numpy, "Gaussian": Gaussian, "Named": Named,
        "Attention": Attention, "Residual": Residual,
    }  # fmt: skip
    torch.manual_seed(0)
    if case.model:
        model = eval(case.model, names)
    else:
        model = Then(eval(f"[{case.body}, {case.last}, {case.after}]", names), case.output)
    names["y"] = eval(case.y, names)
    for statement in case.then:
        exec(statement, names)
    return model, eval(case.loss, names), names["y"], eval(case.x, names)


def mend(case, finding):
    """The case with the lines of a finding in place of its own."""
    for change in finding.change:
        if change.part == "last layer":
            if case.model:
                case = replace(case, model="Gaussian(True)")
            else:
                case = replace(case, last=change.code, after="", output="out")
        elif change.part == "loss":
            case = replace(case, loss=change.code)
        elif change.part == "labels":
            case = replace(case, then=(*case.then, change.code))
        elif change.part == "outputs":
            made = change.code.removeprefix("output = ").replace("output", "out")
            case = replace(case, output=made)
        else:
            raise AssertionError(f"unknown part {change.part}")
    return case


CE, NLL, BCE = "nn.CrossEntropyLoss()", "nn.NLLLoss()", "nn.BCELoss()"
BCEL, KL = "nn.BCEWithLogitsLoss()", 'nn.KLDivLoss(reduction="batchmean")'
THREE, ONE = "nn.Linear(8, 3)", "nn.Linear(8, 1)"
CLASSES = "torch.arange(32) % 3"
YES = "(torch.arange(32) % 2).float().unsqueeze(1)"
SHARES = "torch.softmax(torch.randn(32, 3), dim=1)"
PICTURES = {"body": "nn.Conv2d(3, 8, 3, padding=1), nn.ReLU()", "x": "torch.randn(4, 3, 8, 8)"}
MASK = "torch.randint(0, 3, (4, 8, 8))"

PLANTED = {
    "softmax before cross entropy": Case(
        "double-activation", THREE, CE, CLASSES, "nn.Softmax(dim=1)"
    ),
    "a function softmax": Case(
        "double-activation", THREE, CE, CLASSES, output="F.softmax(out, dim=1)"
    ),
    "a method softmax": Case("double-activation", THREE, CE, CLASSES, output="out.softmax(-1)"),
    "an own softmax": Case(
        "double-activation", THREE, CE, CLASSES,
        output="torch.exp(out) / torch.exp(out).sum(dim=1, keepdim=True)",
    ),
    "sigmoid before cross entropy": Case("double-activation", THREE, CE, CLASSES, "nn.Sigmoid()"),
    "softmax, functional loss": Case(
        "double-activation", THREE, "F.cross_entropy", CLASSES, "nn.Softmax(dim=1)"
    ),
    "softmax, a lambda": Case(
        "double-activation", THREE, "lambda p, y: F.cross_entropy(p, y)", CLASSES,
        "nn.Softmax(dim=1)",
    ),
    "sigmoid before logits": Case("double-activation", ONE, BCEL, YES, "nn.Sigmoid()"),
    "torch.sigmoid before logits": Case(
        "double-activation", ONE, BCEL, YES, output="torch.sigmoid(out)"
    ),
    "softmax over pictures": Case(
        "double-activation", "nn.Conv2d(8, 3, 1)", CE, MASK, "nn.Softmax(dim=1)", **PICTURES
    ),
    "relu before cross entropy": Case("relu-log-loss", THREE, CE, CLASSES, "nn.ReLU()"),
    "relu in place": Case("relu-log-loss", THREE, CE, CLASSES, "nn.ReLU(inplace=True)"),
    "relu before logits": Case("relu-log-loss", ONE, BCEL, YES, "nn.ReLU()"),
    "tanh before logits": Case("confined-logits", ONE, BCEL, YES, output="torch.tanh(out)"),
    "raw outputs, BCELoss": Case("missing-activation", ONE, BCE, YES),
    "relu, BCELoss": Case("relu-log-loss", ONE, BCE, YES, "nn.ReLU()"),
    "tanh, BCELoss": Case("tanh-log-loss", ONE, BCE, YES, "nn.Tanh()"),
    "raw outputs, NLLLoss": Case("missing-activation", THREE, NLL, CLASSES),
    "softmax, NLLLoss": Case("probabilities", THREE, NLL, CLASSES, "nn.Softmax(dim=1)"),
    "probabilities, KLDivLoss": Case("probabilities", THREE, KL, SHARES, "nn.Softmax(dim=1)"),
    "raw outputs, KLDivLoss": Case("missing-activation", THREE, KL, SHARES),
    "KLDivLoss, mean": Case(
        "kl-reduction", THREE, "nn.KLDivLoss()", SHARES, "nn.LogSoftmax(dim=1)"
    ),
    "softplus, log_input": Case(
        "log-input", ONE, "nn.PoissonNLLLoss()", "torch.randint(0, 9, (32, 1)).float()",
        "nn.Softplus()",
    ),
    "exp, log_input": Case(
        "log-input", ONE, "nn.PoissonNLLLoss()", "torch.randint(0, 9, (32, 1)).float()",
        output="out.exp()",
    ),
    "raw rate": Case(
        "missing-activation", ONE, "nn.PoissonNLLLoss(log_input=False)",
        "torch.randint(0, 9, (32, 1)).float()",
    ),
    "raw variance": Case(
        "negative-variance", loss="nn.GaussianNLLLoss()", model="Gaussian(False)"
    ),
    "softmax on one output": Case("softmax-one-unit", ONE, BCE, YES, "nn.Softmax(dim=1)"),
    "one output, cross entropy": Case(
        "one-unit-categorical", ONE, CE, "(torch.arange(32) % 2).float().unsqueeze(1)"
    ),
    "softmax, BCELoss": Case(
        "softmax-binary", THREE, BCE, "torch.eye(3)[torch.arange(32) % 3]", "nn.Softmax(dim=1)"
    ),
    "classes as floats": Case("label-type", THREE, CE, f"({CLASSES}).float()"),
    "classes as int32": Case("label-type", THREE, CE, f"({CLASSES}).int()"),
    "classes in a column": Case("shape", THREE, CE, f"({CLASSES}).unsqueeze(1)"),
    "one-hot of whole numbers": Case(
        "one-hot-sparse", THREE, CE, f"F.one_hot({CLASSES}, 3)"
    ),
    "classes from 1": Case("outside-support", THREE, CE, f"1 + {CLASSES}"),
    "a class without an output": Case("outside-support", THREE, CE, "torch.arange(32) % 7"),
    "several labels": Case(
        "multi-label", THREE, CE, "torch.tensor([[1., 1., 0.], [0., 1., 0.]]).repeat(16, 1)"
    ),
    "amounts": Case("outside-support", THREE, CE, "torch.rand(32)"),
    "classes on the last axis": Case(
        "class-axis", "nn.Linear(8, 5)", CE, "torch.arange(72).reshape(12, 6) % 5",
        body="nn.Embedding(50, 8)", x="torch.randint(0, 50, (12, 6))",
    ),
    "a label too flat": Case("shape", ONE, "nn.MSELoss()", "torch.randn(32)"),
    "an output too flat": Case(
        "shape", ONE, "nn.L1Loss()", "torch.randn(32, 1)", output="out.squeeze(1)"
    ),
    "a flat label for logits": Case("shape", ONE, BCEL, "(torch.arange(32) % 2).float()"),
    "whole numbers for logits": Case(
        "label-type", ONE, BCEL, "(torch.arange(32) % 2).unsqueeze(1)"
    ),
    "doubles for a squared error": Case(
        "label-type", ONE, "nn.MSELoss()", "torch.randn(32, 1).double()"
    ),
    "signs for logits": Case(
        "outside-support", ONE, BCEL, "(2 * (torch.arange(32) % 2) - 1).float().unsqueeze(1)"
    ),
    "three classes for one output": Case(
        "outside-support", ONE, BCEL, "(torch.arange(32) % 3).float().unsqueeze(1)"
    ),
    "0 and 1 for a soft margin": Case("outside-support", ONE, "nn.SoftMarginLoss()", YES),
    "prices beyond a sigmoid": Case(
        "out-of-reach", ONE, "nn.MSELoss()", "100 * torch.rand(32, 1)", "nn.Sigmoid()"
    ),
    "temperatures below relu": Case(
        "out-of-reach", ONE, "nn.HuberLoss()", "20 * torch.randn(32, 1)", "nn.ReLU()"
    ),
    "class numbers, KLDivLoss": Case(
        "sparse-one-hot", THREE, KL, CLASSES, "nn.LogSoftmax(dim=1)"
    ),
    "negative counts": Case(
        "outside-support", ONE, "nn.PoissonNLLLoss()", "torch.randn(32, 1).round()"
    ),
    "log softmax over the wrong axis": Case(
        "softmax-axis", "nn.Conv2d(8, 3, 1)", NLL, MASK, "nn.LogSoftmax(dim=-1)", **PICTURES
    ),
}  # fmt: skip

BIG = {"body": "nn.Conv2d(3, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU()",
       "x": "torch.randn(2, 3, 64, 64)"}  # fmt: skip
WORDS = {"body": "nn.Embedding(500, 64), nn.LSTM(64, 32, batch_first=True)",
         "x": "torch.randint(0, 500, (8, 20))"}  # fmt: skip

RIGHT = {
    "logits": Case("", THREE, CE, CLASSES),
    "functional cross entropy": Case("", THREE, "F.cross_entropy", CLASSES),
    "smoothed": Case("", THREE, "nn.CrossEntropyLoss(label_smoothing=0.1)", CLASSES),
    "weighted classes": Case(
        "", THREE, "nn.CrossEntropyLoss(weight=torch.tensor([1., 2., 3.]))", CLASSES
    ),
    "ignored": Case(
        "", THREE, CE, "torch.where(torch.arange(32) % 5 == 0, -100, torch.arange(32) % 3)"
    ),
    "soft labels": Case("", THREE, CE, SHARES),
    "log softmax before cross entropy": Case("", THREE, CE, CLASSES, "nn.LogSoftmax(dim=1)"),
    "log softmax and NLLLoss": Case("", THREE, NLL, CLASSES, "nn.LogSoftmax(dim=1)"),
    "log of a softmax": Case("", THREE, NLL, CLASSES, output="torch.log(F.softmax(out, dim=1))"),
    "functional log softmax": Case("", THREE, NLL, CLASSES, output="F.log_softmax(out, dim=-1)"),
    "temperature": Case("", THREE, CE, CLASSES, output="out / 0.07"),
    "cosines with a scale": Case("", THREE, CE, CLASSES, output="20 * F.normalize(out, dim=1)"),
    "capped": Case("", THREE, CE, CLASSES, output="30 * torch.tanh(out / 30)"),
    "two classes, one logit": Case("", ONE, BCEL, YES),
    "two classes, squeezed": Case(
        "", ONE, BCEL, "(torch.arange(32) % 2).float()", output="out.squeeze(1)"
    ),
    "sigmoid and BCELoss": Case("", ONE, BCE, YES, "nn.Sigmoid()"),
    "a mean of sigmoids": Case(
        "", "nn.Linear(8, 6)", BCE, YES, "nn.Sigmoid()", output="out.mean(dim=1, keepdim=True)"
    ),
    "the other class": Case("", ONE, BCE, YES, "nn.Sigmoid()", output="1 - out"),
    "a share of a softmax": Case(
        "", "nn.Linear(8, 2)", BCE, YES, "nn.Softmax(dim=1)", output="out[:, 1:]"
    ),
    "several labels": Case("", "nn.Linear(8, 6)", BCEL, "(torch.rand(32, 6) > 0.5).float()"),
    "soft margin": Case("", ONE, "nn.SoftMarginLoss()", f"2 * {YES} - 1"),
    "multi margin": Case("", THREE, "nn.MultiMarginLoss()", CLASSES),
    "regression": Case(),
    "regression, flat": Case("", ONE, "nn.L1Loss()", "torch.randn(32)", output="out.flatten()"),
    "three targets": Case("", THREE, "nn.SmoothL1Loss()", "torch.randn(32, 3)"),
    "own root mean square": Case("", ONE, "lambda p, y: torch.sqrt(F.mse_loss(p, y))"),
    "shares, sigmoid": Case("", ONE, "nn.MSELoss()", "torch.rand(32, 1)", "nn.Sigmoid()"),
    "positive, softplus": Case("", ONE, "nn.MSELoss()", "9 * torch.rand(32, 1)", "nn.Softplus()"),
    "counts": Case("", ONE, "nn.PoissonNLLLoss()", "torch.randint(0, 9, (32, 1)).float()"),
    "counts, softplus": Case(
        "", ONE, "nn.PoissonNLLLoss(log_input=False)", "torch.randint(0, 9, (32, 1)).float()",
        "nn.Softplus()",
    ),
    "a variance": Case("", loss="nn.GaussianNLLLoss()", model="Gaussian(True)"),
    "divergence": Case("", THREE, KL, SHARES, "nn.LogSoftmax(dim=1)"),
    "divergence of logarithms": Case(
        "", THREE, 'nn.KLDivLoss(reduction="batchmean", log_target=True)',
        f"({SHARES}).log()", "nn.LogSoftmax(dim=1)",
    ),
    "segmentation": Case(
        "", "nn.Conv2d(64, 21, 1)", CE, "torch.randint(0, 21, (2, 64, 64))", **BIG
    ),
    "segmentation, enlarged": Case(
        "", "nn.Conv2d(64, 5, 1, stride=2)", CE, "torch.randint(0, 5, (2, 64, 64))",
        "nn.Upsample(scale_factor=2)", **BIG,
    ),
    "masks": Case(
        "", "nn.Conv2d(64, 1, 1)", BCEL, "(torch.rand(2, 1, 64, 64) > 0.5).float()", **BIG
    ),
    "autoencoder": Case("", "nn.Conv2d(64, 3, 1)", BCE, "torch.rand(2, 3, 64, 64)",
                        "nn.Sigmoid()", **BIG),
    "pix2pix": Case("", "nn.Conv2d(64, 3, 1)", "nn.L1Loss()", "2 * torch.rand(2, 3, 64, 64) - 1",
                    "nn.Tanh()", **BIG),
    "classifier of pictures": Case(
        "", "nn.Linear(64, 10)", CE, "torch.arange(2)",
        body=BIG["body"] + ", nn.AdaptiveAvgPool2d(1), nn.Flatten()", x=BIG["x"],
    ),
    "squeeze net": Case(
        "", "nn.Conv2d(64, 10, 1)", CE, "torch.arange(2)",
        "nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()", **BIG,
    ),
    "the last word": Case("", "nn.Linear(32, 4)", CE, "torch.arange(8) % 4",
                          output="out[:, -1]", **WORDS),
    "every word": Case("", "nn.Linear(32, 500)", CE, "torch.randint(0, 500, (8, 20))",
                       output="out.transpose(1, 2)", **WORDS),
    "every word, flat": Case("", "nn.Linear(32, 500)", CE, "torch.randint(0, 500, (160,))",
                             output="out.reshape(-1, 500)", **WORDS),
    "attention": Case("", loss=CE, y="torch.randint(0, 5, (4, 6))", x="torch.randn(4, 6, 8)",
                      model="Attention()"),
    "named logits": Case("", loss=CE, y="torch.arange(6) % 3", model="Named()",
                         x='{"input_ids": torch.randint(0, 50, (6, 9))}'),
    "residual": Case("", loss="nn.MSELoss()", y="torch.rand(2, 3, 32, 32)", model="Residual()",
                     x="torch.rand(2, 3, 32, 32)"),
}  # fmt: skip
