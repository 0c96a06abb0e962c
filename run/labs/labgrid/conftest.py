# SPDX-License-Identifier: MIT
"""One boot for all tests: pytest --lg-env FILE [--script NAME|FILE|TEXT] [--out FOLDER] [--junitxml FILE]"""
from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption("--script", help="the script to run, instead of the environment's")
    parser.addoption("--out", help="the folder for log and report (results/TIME-TARGET)")


@pytest.fixture(scope="session")
def result(request, strategy, record_testsuite_property):
    """The run. That there is none, because the machine did not boot or the lab failed, is an error of each test, not a failure."""
    strategy.script = request.config.getoption("--script") or strategy.script
    out = request.config.getoption("--out")
    folder = Path(out).resolve() if out else strategy.new_folder()
    medium = folder / "medium.iso"
    strategy.log = folder / "serial.log"
    strategy.target.env.config.data.setdefault("images", {})["medium"] = str(medium)
    try:
        strategy.transition("measured")
        run = strategy.result
        record_testsuite_property("idlelab.log", str(run.log))
        record_testsuite_property("idlelab.report", str(run.report))
        record_testsuite_property("idlelab.end", run.end)
        yield run
    finally:
        strategy.transition("off")
        medium.unlink(missing_ok=True)
