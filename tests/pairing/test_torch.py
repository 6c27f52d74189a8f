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
