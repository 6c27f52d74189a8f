"""JupyterLab and Notebook open the MyST chapters as readers' notebooks, on a plain click."""

from pathlib import Path

c = get_config()  # noqa: F821
c.ServerApp.contents_manager_class = "press.notebooks.contents.ReaderContents"
# Markdown opens as a notebook, and nothing asks about news: make/lab/overrides.json says so.
settings = str(Path(__file__).resolve().parent / "lab")
c.LabApp.app_settings_dir = settings
c.JupyterNotebookApp.app_settings_dir = settings
c.LabApp.default_url = "/lab/tree/chapters/01_start.md"
