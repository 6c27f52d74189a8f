"""Right PyTorch models with losses of their own and large outputs, as bench/checking.py times them.

Each entry gives a module, labels, inputs and the loss.
"""

import torch
from torch import nn


def _words(loss):
    def made():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Embedding(1000, 16), nn.Linear(16, 32_000))
        return model, torch.randint(0, 32_000, (32, 16)), torch.randint(0, 1000, (32, 16)), loss

    return made


def _picked(out, y):
    return -torch.log_softmax(out, -1).gather(-1, y[..., None]).mean()


def _smoothed(out, y):
    logs = torch.log_softmax(out, -1)
    return -(0.9 * logs.gather(-1, y[..., None])[..., 0] + 0.1 * logs.mean(-1)).mean()


def _dice(out, y):
    p = torch.sigmoid(out)
    return 1 - 2 * (p * y).sum() / (p.sum() + y.sum())


def _organs():
    torch.manual_seed(0)
    y = (torch.rand(8, 1, 256, 256) > 0.7).float()
    return nn.Conv2d(3, 1, 3, padding=1), y, torch.rand(8, 3, 256, 256), _dice


def _streets():
    torch.manual_seed(0)

    def loss(out, y):
        return nn.functional.nll_loss(torch.log_softmax(out, 1), y)

    y = torch.randint(0, 21, (8, 256, 256))
    return nn.Conv2d(3, 21, 3, padding=1), y, torch.rand(8, 3, 256, 256), loss


MODELS = {
    "own cross entropy, 32,000 words": _words(_picked),
    "own smoothing, 32,000 words": _words(_smoothed),
    "own Dice, 256 × 256": _organs,
    "own loss, 21 classes on 256 × 256": _streets,
}
