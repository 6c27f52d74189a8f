"""`make test-wheel`: the library's wheel, built and installed alone, does what README says.

Builds the wheel, looks at what is in it and at what it requires, installs it with the extra
`tensorflow` into an environment of its own (the versions of requirements.txt, from pip's cache
where they are there) and runs `alone.py` in it.
"""

import email
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "code" / "lossbook"
NEEDED = {"keras", "lazy-loader", "numpy", "scipy"}
EXTRAS = {"jax", "tensorflow", "torch"}


def wrong_in(wheel: Path) -> list[str]:
    """What is wrong with the wheel's files and metadata; empty if nothing."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        said = email.message_from_bytes(archive.read(metadata))
    folder = metadata.split("/")[0]
    tops = {name.split("/")[0] for name in names} - {folder}
    ours = [p for p in SOURCE.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    missing = {str(p.relative_to(SOURCE.parent)) for p in ours} - set(names)
    required: dict[bool, set[str]] = {False: set(), True: set()}
    for line in said.get_all("Requires-Dist", []):
        required["extra ==" in line].add(re.match(r"[\w.-]+", line)[0].lower())
    wrong = []
    if tops != {"lossbook"}:
        wrong.append(f"it holds {', '.join(sorted(tops))}, not lossbook alone")
    if missing:
        wrong.append(f"it lacks {', '.join(sorted(missing))}: see package-data in pyproject.toml")
    if required[False] != NEEDED:
        wrong.append(f"it requires {sorted(required[False])}, not {sorted(NEEDED)}")
    if required[True] != EXTRAS:
        wrong.append(f"its extras require {sorted(required[True])}, not {sorted(EXTRAS)}")
    return wrong


def run(*command: object, cwd: Path) -> None:
    """Run a command; its words are shown only if it fails, and then the program ends."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"error: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    print(done.stdout, end="")


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pip = ("-m", "pip", "--disable-pip-version-check", "--quiet")
        # A copy is built, for setuptools writes beside the sources and takes in what lies there.
        (folder / "copy").mkdir()
        shutil.copy(ROOT / "pyproject.toml", folder / "copy")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(SOURCE, folder / "copy" / "code" / "lossbook", ignore=ignored)
        run(sys.executable, *pip, "wheel", "--no-deps", "-w", folder, folder / "copy", cwd=folder)
        [wheel] = folder.glob("lossbook-*.whl")
        if wrong := wrong_in(wheel):
            print("\n".join(f"{wheel.name}: {what}" for what in wrong), file=sys.stderr)
            return 1
        print(f"{wheel.name}: {wheel.stat().st_size:,} bytes, requires {', '.join(sorted(NEEDED))}")
        pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        versions = folder / "versions.txt"
        versions.write_text("\n".join(line for line in pinned if not line.startswith("-e")))
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        run(python, *pip, "install", "-c", versions, f"{wheel}[tensorflow]", cwd=folder)
        run(python, "-I", "-W", "error", Path(__file__).with_name("alone.py"), cwd=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
