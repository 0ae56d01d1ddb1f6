# SPDX-License-Identifier: Apache-2.0
"""The properties use the same program and helpers as the end-to-end tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from e2e_fixtures import *  # noqa: E402, F401, F403
