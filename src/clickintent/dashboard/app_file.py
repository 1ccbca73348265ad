"""Where the Streamlit app is: in the wheel beside this package, in a checkout at its root."""

from pathlib import Path


def app_file() -> Path | None:
    """The script that Streamlit runs; None where this installation has none."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "dashboard_app", package.parents[1] / "dashboard"):
        if (folder / "app.py").exists():
            return folder / "app.py"
    return None
