"""Experiments go on where they stopped, and the command refuses what would spoil the records."""

import json

import pytest
from workshop import recorded
from workshop.experiments import cli, kept, real
from workshop.experiments.kept import Experiment, Run


class Cut(Exception):
    """Stands for a run that is cut off."""


def experiment(computed: list, *, stop_at=None, data="d", edition=1) -> Experiment:
    def compute(k):
        def run():
            if k == stop_at:
                raise Cut
            computed.append(k)
            return {"k": k, "square": k * k}

        return run

    return Experiment(
        "squares",
        "made up",
        [1],
        [Run(f"run {k}", {"k": k, "edition": edition}, compute(k)) for k in range(4)],
        lambda results: {"squares": [r["square"] for r in results]},
        lambda r: f"{r['square']}",
        data,
    )


def test_a_run_that_is_cut_off_goes_on_and_records_only_when_whole(tmp_path):
    folder, out, said, computed = tmp_path / "kept", tmp_path / "out", [], []
    with pytest.raises(Cut):
        kept.perform(experiment(computed, stop_at=2), folder=folder, out=out, say=said.append)
    assert computed == [0, 1]
    assert not out.exists(), "no record of half an experiment"
    outcome = kept.perform(experiment(computed), folder=folder, out=out, say=said.append)
    assert computed == [0, 1, 2, 3], "finished runs are not computed again"
    assert (outcome.computed, outcome.kept) == (2, 2)
    assert "2 of 4 runs are there already" in " ".join(said)
    assert recorded.load("squares", out)["squares"] == [0, 1, 4, 9]
    before = outcome.path.read_bytes()
    again = kept.perform(experiment(computed), folder=folder, out=out, say=said.append)
    assert (again.computed, again.kept) == (0, 4)
    assert outcome.path.read_bytes() == before
    assert not [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".json"]


@pytest.mark.parametrize("change", [{"data": "other"}, {"edition": 2}])
def test_kept_runs_on_other_data_or_settings_are_not_used(change, tmp_path):
    computed: list = []
    options = {"folder": tmp_path / "kept", "out": tmp_path / "out", "say": lambda line: None}
    kept.perform(experiment(computed), **options)
    kept.perform(experiment(computed, **change), **options)
    assert computed == [0, 1, 2, 3] * 2


def test_a_damaged_run_is_computed_again(tmp_path):
    computed: list = []
    options = {"folder": tmp_path / "kept", "out": tmp_path / "out", "say": lambda line: None}
    kept.perform(experiment(computed), **options)
    one = experiment([])
    kept.place(one, one.runs[1], tmp_path / "kept").write_text('{"k": 1, "squ')
    kept.perform(experiment(computed), **options)
    assert computed == [0, 1, 2, 3, 1]


def test_a_result_that_is_not_finite_is_not_kept(tmp_path):
    broken = Experiment(
        "x", "", [], [Run("r", {}, lambda: {"v": float("nan")})], lambda r: {}, lambda r: ""
    )
    with pytest.raises(ValueError, match="JSON"):
        kept.perform(broken, folder=tmp_path, out=tmp_path, say=lambda line: None)
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_the_command_helps_and_refuses(capsys, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    assert "goes on where it stopped" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["--only", "nonsense"])
    assert "every_pair" in capsys.readouterr().err
    assert cli.main(["--only", "real_assumption", "--seeds", "1"]) == 1
    assert "--out" in capsys.readouterr().err, "a trial does not overwrite the course's records"


def test_drawn_pictures_are_not_recorded_as_the_courses_results(monkeypatch, capsys):
    monkeypatch.setenv("LOSSBOOK_CIFAR10", "drawn")
    monkeypatch.setenv("LOSSBOOK_REQUIRE_REAL", "0")
    assert cli.main(["--only", "every_pair"]) == 1
    assert "error:" in capsys.readouterr().err


def test_a_tiny_run_of_the_command(tmp_path, capsys):
    options = ["--only", "real_assumption", "--seeds", "1", "--kept", str(tmp_path / "kept")]
    assert cli.main([*options, "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    total = len(real.SETS)
    assert f"real_assumption {total}/{total}" in told
    assert "min left" in told
    assert "summary" in told
    found = json.loads((tmp_path / "out" / "real_assumption.json").read_text())
    assert [run["set"] for run in found["values"]["runs"]] == list(real.SETS)
    assert cli.main([*options, "--out", str(tmp_path / "out")]) == 0
    assert "0 runs computed" in capsys.readouterr().out
