"""One trial of Katib, on real libraries and moto's S3."""

import pytest
import train
import trial
from conftest import BUCKET, REGION


def test_a_trial_prints_the_metric_and_writes_nothing(place, monkeypatch, capsys):
    place("ada")
    monkeypatch.setitem(train.SIZES, "small", train.Size(copies=1, trees=10))
    for name in ("save", "connect"):
        monkeypatch.setattr(train, name, lambda *_: pytest.fail("it writes"))
    given = ["--size", "small", "--learning_rate=0.2", "--max_depth=2", "--subsample=0.75"]
    assert trial.main(given, {"BUCKET": BUCKET, "AWS_REGION": REGION}) == 0
    name, value = capsys.readouterr().out.splitlines()[-1].split("=")
    assert name == "accuracy"
    images, digits = train.load(place("ada"))
    parameters = train.Parameters(learning_rate=0.2, max_depth=2, subsample=0.75)
    assert float(value) == train.objective(images, digits, parameters, train.SIZES["small"])[1]


def test_a_trial_refuses_what_is_no_parameter():
    with pytest.raises(SystemExit):
        trial.main(["--depth=2"], {})
