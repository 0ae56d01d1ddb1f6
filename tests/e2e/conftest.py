# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests; they stand in e2e_fixtures.py, which tests/prop shares."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from e2e_fixtures import *  # noqa: E402, F401, F403
