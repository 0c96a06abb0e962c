# SPDX-License-Identifier: MIT
"""What a run must be: its log whole, its steps passed or skipped for a reason, its figures within the environment's limits."""


def test_log_is_whole(result):
    assert result.end != "lost", result.why


def test_verdicts(result, record_property):
    for step, verdict in result.verdicts.items():
        record_property(step, " ".join([verdict, result.reasons.get(step, "")]).strip())
    assert [step for step, verdict in result.verdicts.items() if verdict not in ("pass", "skip")] == [], result.why


def test_figures(result, strategy, record_property):
    for step, figures in result.figures.items():
        for name, figure in figures.items():
            record_property(f"{step}.{name}", str(figure))
    assert [words for limit in strategy.limits for words in result.broken(limit)] == []
