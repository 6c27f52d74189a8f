"""JupyterLab opens the MyST chapters as notebooks on a plain click (through jupytext)."""

c = get_config()  # noqa: F821
c.ServerApp.contents_manager_class = "jupytext.TextFileContentsManager"
c.LabApp.default_url = "/lab/tree/chapters/01_start.md"
