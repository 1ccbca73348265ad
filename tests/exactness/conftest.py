"""The exactness tests: `schedules` arrive over several builds, and every build is held against `reference`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

for module in ("exactness", "reference", "schedules", "warehouse"):
    pytest.register_assert_rewrite(module)
