"""PyTorch modules: planted mistakes are found and mended by their line, right ones let be."""

import contextlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn
sys.path.insert(0, str(Path(__file__).parent))

from lossbook.pairing import PairingError, check_pairing, watch  # noqa: E402
from torch_cases import PLANTED, RIGHT, build, mend  # noqa: E402
from torch_sizes import MODELS  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:Using a target size:UserWarning")


def test_there_are_forty_of_each():
    assert len(PLANTED) >= 40
    assert len(RIGHT) >= 40


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_and_its_line_mends_it(name):
    case = PLANTED[name]
    model, loss, y, x = build(case)
    report = check_pairing(model, y, x=x, loss=loss)
    assert report.codes == (case.code,), report
    [finding] = report.findings
    mended = mend(case, finding)
    model, loss, y, x = build(mended)
    after = check_pairing(model, y, x=x, loss=loss)
    assert after.ok, f"{report}\n\nafter it:\n{after}"
    # PyTorch itself trains what was mended.
    out = model(x)
    value = loss(out[0], y, out[1]) if isinstance(out, tuple) else loss(out, y)
    value.backward()


@pytest.mark.parametrize("name", RIGHT)
def test_no_alarm_on_a_right_model(name):
    model, loss, y, x = build(RIGHT[name])
    report = check_pairing(model, y, x=x, loss=loss)
    assert not report.codes, report
    assert not check_pairing(model, loss=loss, x=x).codes


@pytest.mark.parametrize("name", MODELS)
def test_no_alarm_on_an_own_loss_over_large_outputs(name):
    model, y, x, loss = MODELS[name]()
    assert not check_pairing(model, y, x=x, loss=loss).codes


def test_nothing_in_the_model_is_changed():
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
    model[2].eval()
    kept = {key: value.clone() for key, value in model.state_dict().items()}
    torch.manual_seed(3)
    state = torch.get_rng_state()
    assert check_pairing(model, torch.arange(6) % 3, loss=nn.CrossEntropyLoss()).ok
    assert torch.equal(state, torch.get_rng_state())
    assert [m.training for m in model] == [True, True, False, True]
    assert all(torch.equal(kept[k], v) for k, v in model.state_dict().items())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_labels_may_be_arrays_and_inputs_are_guessed():
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)]
    model = nn.Sequential(nn.Conv2d(3, 4, 3), *end)
    report = check_pairing(model, np.array([1, 2, 3]), loss=nn.CrossEntropyLoss())
    assert report.codes == ("outside-support",)


def test_what_cannot_be_seen_is_said():
    class Own(nn.Module):
        def forward(self, p, y):
            return (p - y).abs().pow(1.7).mean()

    report = check_pairing(nn.Linear(4, 1), torch.randn(6, 1), loss=Own())
    assert not report.judged
    assert "a loss of your own" in report.unseen[0]
    with pytest.raises(ValueError, match="give it as loss="):
        check_pairing(nn.Linear(4, 1))


@pytest.mark.filterwarnings("ignore::lossbook.pairing.PairingWarning")
def test_watching_a_loop_sees_what_the_loss_is_given_and_changes_nothing():
    def trained(around):
        torch.manual_seed(1)
        model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1), nn.Sigmoid())
        steps = torch.optim.SGD(model.parameters(), lr=0.1)
        loss_of = nn.BCEWithLogitsLoss()
        x, y = torch.randn(16, 4), (torch.arange(16) % 2).float()
        with around(model) as seen:
            for _ in range(3):
                loss = loss_of(model(x).squeeze(1), y)
                steps.zero_grad()
                loss.backward()
                steps.step()
        return [p.detach().clone() for p in model.parameters()], seen

    plain, _ = trained(contextlib.nullcontext)
    watched, seen = trained(watch)
    assert all(torch.equal(a, b) for a, b in zip(plain, watched, strict=True))
    assert seen.report.codes == ("double-activation",)


def test_watching_a_right_loop_is_silent_and_a_wrong_one_may_stop():
    model, y = nn.Linear(4, 3), torch.arange(6) % 3
    with watch(model) as seen:
        nn.functional.cross_entropy(model(torch.randn(6, 4)), y).backward()
    assert seen.report.ok
    with pytest.raises(PairingError, match="one-hot"), watch(model, "raise"):
        nn.CrossEntropyLoss()(model(torch.randn(6, 4)), nn.functional.one_hot(y, 3))


def test_the_command_checks_a_loop(tmp_path):
    file = tmp_path / "loop.py"
    file.write_text(
        "import torch\n"
        "from torch import nn\n"
        "model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\n"
        "nn.CrossEntropyLoss()(model(torch.randn(6, 4)), torch.arange(6) % 3).backward()\n"
        "raise SystemExit('never reached')\n"
    )
    command = [sys.executable, "-m", "lossbook.check", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "[double-activation]" in done.stdout


F = torch.nn.functional
RNG = torch.Generator().manual_seed(5)
CLASSES = torch.randint(0, 3, (40,), generator=RNG)
YES = torch.randint(0, 2, (40,), generator=RNG)


def net(units, *after):
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, units), *after)


def words(units, *after):
    return nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, units), *after)


SENTENCES = torch.randint(0, 9, (6, 7), generator=RNG)


class Squeezed(nn.Module):
    """A module around a loss of PyTorch's, as training code has it."""

    def __init__(self):
        super().__init__()
        self.inner = nn.BCEWithLogitsLoss()

    def forward(self, output, target):
        return self.inner(output.squeeze(1), target.float())


def shifted(output, target):
    return F.cross_entropy(output[:, :-1].reshape(-1, 9), target[:, 1:].reshape(-1))


ARRANGED = {
    "in a module": (1, nn.Sigmoid(), Squeezed(), YES, "double-activation"),
    "a column of classes": (
        3, nn.Softmax(1), lambda p, y: F.cross_entropy(p, y.view(-1)), CLASSES[:, None],
        "double-activation",
    ),
    "float classes": (
        3, nn.Softmax(1), lambda p, y: F.cross_entropy(p, y.long()), CLASSES.float(),
        "double-activation",
    ),
    "one-hot": (
        3, nn.Softmax(1), lambda p, y: F.cross_entropy(p, y.argmax(1)),
        F.one_hot(CLASSES, 3).float(), "double-activation",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ARRANGED)
def test_an_own_loss_is_known_however_it_arranges_outputs_and_labels(name):
    units, activation, loss, y, code = ARRANGED[name]
    assert check_pairing(net(units, activation), y, x=torch.randn(40, 4), loss=loss).codes == (
        code,
    )
    assert check_pairing(net(units), y, x=torch.randn(40, 4), loss=loss).ok


def test_the_next_word_is_judged_over_places():
    assert check_pairing(words(9), SENTENCES, x=SENTENCES, loss=shifted).ok
    report = check_pairing(words(9, nn.Softmax(-1)), SENTENCES, x=SENTENCES, loss=shifted)
    assert report.codes == ("double-activation",)


def test_labels_that_an_own_loss_flattens_are_judged_as_it_sees_them():
    def loss(p, y):
        return F.cross_entropy(p, y.view(-1))

    x = torch.randn(40, 4)
    assert check_pairing(net(3), CLASSES[:, None], x=x, loss=loss).ok
    report = check_pairing(net(3), CLASSES[:, None] + 1, x=x, loss=loss)
    assert report.codes == ("outside-support",)
    # Where the own loss does not flatten them, PyTorch fails, and the checker says why.
    report = check_pairing(net(3), CLASSES[:, None], x=x, loss=lambda p, y: F.cross_entropy(p, y))
    assert report.codes == ("shape",)


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 1)

    def forward(self, x):
        return torch.from_numpy(self.inner(x).detach().numpy())


def test_what_no_gradient_passes_is_found():
    x, y = torch.randn(40, 4), torch.randn(40, 1)
    assert check_pairing(Detached(), y, x=x, loss=nn.MSELoss()).codes == ("no-gradient",)
    with pytest.raises(RuntimeError, match="does not require grad"):
        nn.functional.mse_loss(Detached()(x), y).backward()

    def missed(p, labels):
        return (p.argmax(1) != labels).float().mean()

    def rounded(p, labels):
        return 1 - (p.round() * labels[:, None]).mean()

    for loss, model, labels in (
        (missed, net(3), CLASSES),
        (rounded, net(1, nn.Sigmoid()), YES),
    ):
        assert check_pairing(model, labels, x=x, loss=loss).codes == ("no-gradient",)

    def margin(p, labels):
        return F.relu((p[:, 0] - p[:, 1]).abs() - 10).mean()  # flat where all margins are kept

    assert not check_pairing(net(2), YES, x=x, loss=margin).codes


def test_an_own_likelihood_of_raw_outputs_is_no_number():
    def gaussian(p, y):
        return (p[:, 1:].log() + 0.5 * ((y - p[:, :1]) / p[:, 1:]) ** 2).mean()

    torch.manual_seed(0)
    x, y = torch.randn(40, 4), torch.randn(40, 1)
    assert check_pairing(net(2), y, x=x, loss=gaussian).codes == ("loss-not-finite",)


def test_weights_of_the_classes_are_counted_and_dropout_at_the_end_is_seen():
    x = torch.randn(40, 4)
    three = nn.CrossEntropyLoss(weight=torch.ones(3))
    assert check_pairing(net(3), CLASSES, x=x, loss=three).ok
    two = nn.CrossEntropyLoss(weight=torch.ones(2))
    assert check_pairing(net(3), CLASSES, x=x, loss=two).codes == ("class-weights",)
    report = check_pairing(net(3, nn.Dropout(0.5)), CLASSES, x=x, loss=nn.CrossEntropyLoss())
    assert report.codes == ("dropout-on-outputs",)


@pytest.mark.parametrize(
    ("y", "code"),
    [
        (torch.poisson(9 * torch.rand(60, 1, generator=RNG), generator=RNG), "counts-squared"),
        (YES.float()[:, None], "classes-squared"),
        (torch.exp(2 * torch.randn(60, 1, generator=RNG)), "skewed-squared"),
    ],
)
def test_labels_that_another_loss_fits_better_are_remarked(y, code):
    report = check_pairing(net(1), y, x=torch.randn(len(y), 4), loss=nn.MSELoss())
    assert report.ok
    assert [remark.code for remark in report.remarks] == [code]
    assert "keras" not in " ".join(c.code for r in report.remarks for c in r.change)


class Shop(nn.Module):
    """Two outputs: what kind a thing is, and its price."""

    def __init__(self, kind=None, price=None, named=False):
        super().__init__()
        self.body, self.to_kind, self.to_price = nn.Linear(4, 8), nn.Linear(8, 3), nn.Linear(8, 1)
        self.kind, self.price = kind or nn.Identity(), price or nn.Identity()
        self.named = named

    def forward(self, x):
        inner = F.relu(self.body(x))
        kind, price = self.kind(self.to_kind(inner)), self.price(self.to_price(inner))
        return {"kind": kind, "price": price} if self.named else (kind, price)


PRICES = torch.randn(40, 1, generator=RNG)


def in_order(out, y):
    return F.cross_entropy(out[0], y[0]) + 0.1 * F.mse_loss(out[1], y[1])


def by_name(out, y):
    return F.cross_entropy(out["kind"], y["kind"]) + nn.HuberLoss()(out["price"], y["price"])


SEVERAL = {
    "right": ({}, (CLASSES, PRICES), ()),
    "softmax first": ({"kind": nn.Softmax(1)}, (CLASSES, PRICES), ("double-activation",)),
    "relu first": ({"kind": nn.ReLU()}, (CLASSES, PRICES), ("relu-log-loss",)),
    "a flat price": ({}, (CLASSES, PRICES[:, 0]), ("shape",)),
    "classes from 1": ({}, (CLASSES + 1, PRICES), ("outside-support",)),
    "prices beyond a sigmoid": (
        {"price": nn.Sigmoid()}, (CLASSES, 100 * PRICES), ("out-of-reach",)
    ),
    "two mistakes": (
        {"kind": nn.Softmax(1)}, (CLASSES, PRICES[:, 0]), ("double-activation", "shape")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("how", ["one loss", "one loss, by name", "a list", "a dict"])
def test_several_outputs_are_judged_each_with_its_labels(name, how):
    options, (kinds, prices), codes = SEVERAL[name]
    named = how in ("one loss, by name", "a dict")
    y = {"kind": kinds, "price": prices} if named else (kinds, prices)
    each = {"kind": nn.CrossEntropyLoss(), "price": nn.MSELoss()}
    loss = {"one loss": in_order, "one loss, by name": by_name, "a dict": each}.get(
        how, list(each.values())
    )
    report = check_pairing(Shop(**options, named=named), y, x=torch.randn(40, 4), loss=loss)
    assert report.judged
    assert report.codes == codes, report
    assert len(report.looked_at) == 2


def test_a_loss_or_labels_without_an_output_are_an_error():
    model, y, loss = Shop(named=True), {"kind": CLASSES}, {"sort": nn.CrossEntropyLoss()}
    with pytest.raises(ValueError, match="a loss for 'sort', but the outputs are"):
        check_pairing(model, y, x=torch.randn(40, 4), loss=loss)


class Variational(nn.Module):
    def __init__(self, end):
        super().__init__()
        self.inner, self.outer, self.end = nn.Linear(9, 4), nn.Linear(2, 9), end

    def forward(self, x):
        mean, spread = self.inner(x.flatten(1)).chunk(2, dim=1)
        code = mean + torch.randn_like(mean) * torch.exp(0.5 * spread)
        return self.end(self.outer(code)), mean, spread


def evidence(out, y):
    made, mean, spread = out
    error = F.binary_cross_entropy(made, y.flatten(1), reduction="sum")
    return error - 0.5 * torch.sum(1 + spread - mean**2 - spread.exp())


def test_the_error_of_a_variational_autoencoder_is_judged_and_its_divergence_is_not():
    x = torch.rand(12, 1, 3, 3)
    report = check_pairing(Variational(nn.Sigmoid()), x, x=x, loss=evidence)
    assert report.ok
    assert report.unseen == (
        "output 1: it enters no known loss", "output 2: it enters no known loss",
    )  # fmt: skip
    report = check_pairing(Variational(nn.Identity()), x, x=x, loss=evidence)
    assert report.codes == ("missing-activation",)
    report = check_pairing(Variational(nn.Sigmoid()), 255 * x, x=x, loss=evidence)
    assert report.codes == ("outside-support",)


def letters(out, y):
    times, length = torch.full((len(y),), out.shape[1]), torch.full((len(y),), y.shape[1])
    return F.ctc_loss(out.transpose(0, 1), y, times, length)


def distilled(out, y):
    return 9 * F.kl_div(F.log_softmax(out / 3, 1), F.softmax(y / 3, 1), reduction="batchmean")


def undistilled(out, y):
    return F.kl_div(F.softmax(out / 3, 1), F.softmax(y / 3, 1), reduction="batchmean")


def overlap_beside_entropy(out, y):
    p = torch.sigmoid(out)
    overlap = (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)
    return F.binary_cross_entropy_with_logits(out, y) + 1 - overlap


def cosines(out, y):
    out = F.normalize(out, dim=1)
    return F.cross_entropy(out @ out.T / 0.5, torch.arange(len(out)).roll(len(out) // 2))


STEPS, MASK = torch.randint(1, 9, (40, 3), generator=RNG), YES.float()[:, None]
INSIDE = {
    "letters": (net(9, nn.LogSoftmax(-1)), (40, 7, 4), STEPS, letters, ()),
    "letters, raw": (net(9), (40, 7, 4), STEPS, letters, ("missing-activation",)),
    "letters, softmax": (net(9, nn.Softmax(-1)), (40, 7, 4), STEPS, letters, ("probabilities",)),
    "letters, a blank": (
        net(9, nn.LogSoftmax(-1)), (40, 7, 4), STEPS - 1, letters, ("outside-support",)
    ),
    "letters, too many": (
        net(9, nn.LogSoftmax(-1)), (40, 7, 4), STEPS + 1, letters, ("outside-support",)
    ),
    "distilled": (net(3), (40, 4), torch.randn(40, 3), distilled, ()),
    "undistilled": (net(3), (40, 4), torch.randn(40, 3), undistilled, ("probabilities",)),
    "overlap": (net(1), (40, 4), MASK, overlap_beside_entropy, ()),
    "overlap of sigmoids": (
        net(1, nn.Sigmoid()), (40, 4), MASK, overlap_beside_entropy, ("double-activation",)
    ),
    "overlap, signs": (net(1), (40, 4), 2 * MASK - 1, overlap_beside_entropy, ("outside-support",)),
    "cosines": (net(6), (40, 4), torch.zeros(40), cosines, ()),
}  # fmt: skip


@pytest.mark.parametrize("name", INSIDE)
def test_the_known_losses_inside_an_own_one_are_judged(name):
    model, size, y, loss, codes = INSIDE[name]
    report = check_pairing(model, y, x=torch.randn(*size), loss=loss)
    assert report.judged
    assert report.codes == codes, report


def test_a_mistake_in_the_last_of_many_labels_is_seen():
    y = CLASSES.repeat(3)[:-1]
    y[-1] = 3

    def scored(out, labels):
        return F.cross_entropy(out, labels) + 0.01 * (out**2).mean()

    x = torch.randn(len(y), 4)
    assert check_pairing(net(3), y, x=x, loss=scored).codes == ("outside-support",)


def test_a_softmax_before_a_log_softmax_is_one_too_many():
    model = net(3, nn.Softmax(1), nn.LogSoftmax(1))
    report = check_pairing(model, CLASSES, x=torch.randn(40, 4), loss=nn.NLLLoss())
    assert report.codes == ("double-activation",)


def power(out, y):
    return (out - y).abs().pow(1.5).mean()


def overlap(out, y):
    return 1 - (2 * (out * y).sum() + 1) / (out.sum() + y.sum() + 1)


def soft_f1(out, y):
    right = (out * y).sum(0)
    return (1 - 2 * right / (out + y).sum(0).clamp(min=1e-7)).mean()


def clamped(out, y):
    p = out.clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() * (1 - p) ** 2 + (1 - y) * (1 - p).log() * p**2).mean()


def pinball(out, y):
    return torch.maximum(0.9 * (y - out), -0.1 * (y - out)).mean()


TAGS = torch.randint(0, 2, (40, 5), generator=RNG).float()


@pytest.mark.parametrize("loss", [overlap, soft_f1, clamped])
def test_an_own_loss_for_probabilities_is_known_by_what_it_does_beyond_them(loss):
    x = torch.randn(40, 4)
    assert check_pairing(net(5), TAGS, x=x, loss=loss).codes == ("missing-activation",)
    assert not check_pairing(net(5, nn.Sigmoid()), TAGS, x=x, loss=loss).codes


@pytest.mark.parametrize("loss", [power, pinball])
def test_an_own_error_finds_labels_out_of_reach_and_too_flat(loss):
    x, y = torch.randn(40, 4), 9 * PRICES
    assert not check_pairing(net(1), y, x=x, loss=loss).codes
    assert check_pairing(net(1, nn.Sigmoid()), y, x=x, loss=loss).codes == ("out-of-reach",)
    assert check_pairing(net(1), y[:, 0], x=x, loss=loss).codes == ("shape",)


def left_out(out, y):
    known = (y != -1).float()
    each = F.binary_cross_entropy_with_logits(out, y, reduction="none")
    return (each * known).sum() / known.sum()


def chosen(out, y):
    known = ~torch.isnan(y)
    return F.mse_loss(out[known], y[known]) + 0.01 * out.square().mean()


def test_a_label_that_an_own_loss_leaves_out_is_no_mistake():
    x, gone = torch.randn(40, 4), torch.rand(40, 5, generator=RNG) < 0.3
    marked = torch.where(gone, -1.0, TAGS)
    assert check_pairing(net(5), marked, x=x, loss=left_out).ok
    assert not check_pairing(net(5), torch.where(gone, torch.nan, TAGS), x=x, loss=chosen).codes
    report = check_pairing(net(5), marked * 3, x=x, loss=left_out)
    assert report.codes == ("outside-support",)


@pytest.mark.parametrize("step", [torch.round, torch.sign, lambda out: (out > 0).float()])
def test_a_jump_at_the_end_passes_no_gradient(step):
    class Stepped(nn.Module):
        def __init__(self, through):
            super().__init__()
            self.inner, self.through = net(1), through

        def forward(self, x):
            out = self.inner(x)
            return (step(out) - out).detach() + out if self.through else step(out)

    x = torch.randn(40, 4)
    report = check_pairing(Stepped(False), PRICES, x=x, loss=nn.MSELoss())
    assert "no-gradient" in report.codes
    assert "no-gradient" not in check_pairing(Stepped(True), PRICES, x=x, loss=nn.MSELoss()).codes


def test_a_raw_variance_is_seen_inside_an_own_loss():
    class Two(nn.Module):
        def __init__(self, end):
            super().__init__()
            self.mean, self.spread, self.end = nn.Linear(4, 1), nn.Linear(4, 1), end

        def forward(self, x):
            return {"mean": self.mean(x), "spread": self.end(self.spread(x))}

    def likelihood(out, y):
        return F.gaussian_nll_loss(out["mean"], y, out["spread"])

    x = torch.randn(40, 4)
    report = check_pairing(Two(nn.Identity()), PRICES, x=x, loss=likelihood)
    assert report.codes == ("negative-variance",)
    assert check_pairing(Two(nn.Softplus()), PRICES, x=x, loss=likelihood).ok


@pytest.mark.parametrize(
    ("units", "loss", "y"),
    [(3, nn.CrossEntropyLoss(), CLASSES), (1, nn.BCEWithLogitsLoss(), YES.float()[:, None]),
     (1, nn.MSELoss(), PRICES)],
)  # fmt: skip
def test_a_loss_at_the_start_that_no_constant_explains_is_remarked(units, loss, y):
    torch.manual_seed(2)
    model, x = net(units), torch.randn(40, 4)
    assert "start" not in [r.code for r in check_pairing(model, y, x=x, loss=loss).remarks]
    report = check_pairing(model, y, x=255 * x, loss=loss)
    assert report.ok
    assert "start" in [r.code for r in report.remarks]


X = torch.randn(40, 8, generator=RNG)
PUBLIC = {
    "https://github.com/pytorch/tutorials/pull/1644": (
        nn.Sequential(nn.Flatten(), nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3), nn.ReLU()),
        nn.CrossEntropyLoss(), CLASSES,
    ),
    "https://github.com/meta-pytorch/captum/issues/1010": (
        nn.Sequential(nn.Linear(8, 12), nn.Sigmoid(), nn.Linear(12, 2), nn.Softmax(dim=1)),
        nn.CrossEntropyLoss(), YES,
    ),
    "https://github.com/Lightning-Universe/lightning-bolts/issues/654": (
        nn.Sequential(nn.Linear(8, 3), nn.Softmax(dim=-1)),
        lambda out, y: F.nll_loss(F.log_softmax(out, dim=1), y), CLASSES,
    ),
    "https://github.com/yuanli2333/Teacher-free-Knowledge-Distillation/issues/41": (
        nn.Linear(8, 3),
        lambda out, y: 4 * nn.KLDivLoss()(F.log_softmax(out / 2, 1), F.softmax(y / 2, 1)),
        torch.randn(40, 3, generator=RNG),
    ),
    "https://github.com/pytorch/pytorch/issues/19699": (
        nn.Linear(8, 1), nn.MSELoss(), PRICES[:, 0],
    ),
    "https://github.com/bigmb/Unet-Segmentation-Pytorch-Nest-of-Unets/issues/18": (
        nn.Linear(8, 1), nn.BCEWithLogitsLoss(), 2 * YES.float()[:, None] - 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_mistake_reported_in_public_is_found_as_the_chapter_says(address):
    model, loss, y = PUBLIC[address]
    chapter = Path(__file__).parents[2] / "chapters" / "pairing.md"
    [row] = [line for line in chapter.read_text(encoding="utf-8").splitlines() if address in line]
    assert check_pairing(model, y, x=X, loss=loss).codes == (row.split("`")[-2],)


def test_an_own_loss_with_its_classes_last_is_not_accused():
    def smoothed(out, y):
        wide = torch.zeros_like(out).scatter_(-1, y.unsqueeze(-1), 1.0)
        return -(wide * out.log_softmax(-1)).sum(-1).mean()

    assert not check_pairing(words(9), SENTENCES, x=SENTENCES, loss=smoothed).codes
    report = check_pairing(words(9), SENTENCES, x=SENTENCES, loss=nn.CrossEntropyLoss())
    assert report.codes == ("class-axis",)
