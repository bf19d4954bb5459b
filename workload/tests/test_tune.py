"""Tuning for real: Optuna's workers as processes, on a PostgreSQL with TLS that knows the person alone."""

import json
import multiprocessing
import os
import signal
import time

import optuna
import psycopg
import pytest
import train
import tune
from conftest import BUCKET
from optuna.trial import TrialState

FAST = train.Size(copies=1, trees=2)
FORK = multiprocessing.get_context("fork")


def few(trials):
    return {**tune.read_space(), "trials": trials}


@pytest.fixture
def quick(monkeypatch):
    """Signs of life in seconds, so that a test notices a dead worker."""
    monkeypatch.setattr(tune, "HEARTBEAT", 1)
    monkeypatch.setattr(tune, "GRACE", 5)


@pytest.fixture
def ada(place, database, monkeypatch):
    """Ada's place, with one token for all her workers: each would change the password under the others' hands."""
    where = place("ada")
    token = train.login_token(where)
    monkeypatch.setattr(train, "login_token", lambda where: token)
    return where


def workers(where, run, space, number=3, act=lambda worker: None):
    """Runs workers side by side until all have ended; returns their statuses. `act` is called in each before."""

    barrier = FORK.Barrier(number)

    def work(worker):
        act(worker)
        barrier.wait(60)
        tune.tune(where, run, space, FAST, worker)

    started = [FORK.Process(target=work, args=[worker]) for worker in range(number)]
    for one in started:
        one.start()
    for one in started:
        one.join(120)
    return [one.exitcode for one in started]


def trials_of(where, run):
    return optuna.load_study(study_name=run, storage=tune.storage(where)).trials


def test_three_workers_begin_on_an_empty_database_and_share_a_study(ada):
    with train.connect(ada) as session:
        session.execute("DROP SCHEMA IF EXISTS ada CASCADE")
    assert workers(ada, "shared", few(12)) == [0, 0, 0]
    trials = trials_of(ada, "shared")
    assert [one.state for one in trials] == [TrialState.COMPLETE] * len(trials)
    # Three that end at the same moment do not see one another.
    assert 12 <= len(trials) <= 14
    for one in trials:
        assert 0.001 <= one.params["learning_rate"] <= 0.3
        assert one.params["max_depth"] in range(2, 9)
        assert 0.5 <= one.params["subsample"] <= 1
        assert 0.1 < one.value < 1
    assert len({one.value for one in trials}) > 3


def test_each_worker_begins_with_parameters_of_its_own(ada):
    studies = [tune.open_study(ada, "own", few(3), worker) for worker in range(3)]
    assert len({tune.suggested(one.ask(), few(3)) for one in studies}) == 3


def test_the_trial_of_a_dead_worker_is_tried_again(ada, quick, monkeypatch):
    real = train.objective

    def act(worker):
        begun = []

        def objective(*given):
            begun.append(given)
            if len(begun) == 2:
                # The others still have something to do when they may notice it.
                os.kill(os.getpid(), signal.SIGKILL) if worker == 0 else time.sleep(tune.GRACE + 2)
            return real(*given)

        monkeypatch.setattr(train, "objective", objective)

    assert workers(ada, "killed", few(12), act=act) == [-signal.SIGKILL, 0, 0]
    trials = trials_of(ada, "killed")
    assert [one.state for one in trials].count(TrialState.FAIL) == 1
    [dead] = [one for one in trials if one.state == TrialState.FAIL]
    again = [one for one in trials if one.params == dead.params and one.state == TrialState.COMPLETE]
    assert len(again) == 1
    assert 12 <= sum(one.state == TrialState.COMPLETE for one in trials) <= 14


def test_a_worker_that_starts_again_does_what_is_missing(ada, quick):
    """Its own trial still counts as one that runs, since nobody else was there to notice its end."""

    def act(_):
        train.objective = lambda *_: os.kill(os.getpid(), signal.SIGKILL)

    assert workers(ada, "alone", few(1), number=1, act=act) == [-signal.SIGKILL]
    assert [one.state for one in trials_of(ada, "alone")] == [TrialState.RUNNING]
    assert workers(ada, "alone", few(1), number=1) == [0]
    states = [one.state for one in trials_of(ada, "alone")]
    assert states.count(TrialState.COMPLETE) == 1


def test_the_folder_of_a_run_has_all_trials(aws, ada, capsys):
    study = tune.tune(ada, "kept", few(3), FAST)
    printed = capsys.readouterr().out
    assert f"tuning: 3 of 3 trials, best accuracy {study.best_value:.4f}\n" in printed
    content = json.loads(
        aws.get_object(Bucket=BUCKET, Key="users/ada/workload/kept/trials.json")["Body"].read()
    )
    assert [one["number"] for one in content["trials"]] == [0, 1, 2]
    for one, other in zip(content["trials"], study.trials, strict=True):
        assert (one["state"], one["value"], one["parameters"]) == ("complete", other.value, other.params)
        assert one["seconds"] > 0


def test_a_study_goes_on_where_it_was(ada):
    assert len(tune.tune(ada, "again", few(2), FAST).trials) == 2
    assert len(tune.tune(ada, "again", few(2), FAST).trials) == 2
    assert len(tune.tune(ada, "again", few(4), FAST).trials) == 4


def test_the_same_seed_suggests_the_same_to_a_worker_alone(ada):
    one, other = (tune.tune(ada, run, few(3), FAST) for run in ("seed-1", "seed-2"))
    assert [trial.params for trial in one.trials] == [trial.params for trial in other.trials]
    changed = tune.tune(ada, "seed-3", {**few(3), "seed": 1}, FAST)
    assert changed.trials[0].params != one.trials[0].params


def test_every_connection_logs_in_as_the_person_with_a_new_token(place, monkeypatch):
    where, tokens, sessions = place("grace"), [], []
    token, connect = train.login_token, train.connect
    monkeypatch.setattr(train, "login_token", lambda where: tokens.append(token(where)) or tokens[-1])
    monkeypatch.setattr(train, "connect", lambda where: sessions.append(connect(where)) or sessions[-1])
    study = tune.tune(where, "hers", few(2), FAST)
    assert len(sessions) >= 3
    assert len(tokens) == len(sessions)
    assert all(one.info.user == "grace" for one in sessions if not one.closed)
    engine = study._storage._backend.engine
    with engine.connect() as session:
        for statement, expected in (
            ("SELECT current_user", "grace"),
            ("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", True),
            (
                "SELECT schemaname FROM pg_tables WHERE tablename = 'studies' AND tableowner = 'grace'",
                "grace",
            ),
        ):
            assert session.exec_driver_sql(statement).scalar() == expected
    with train.connect(place("ada")) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT * FROM grace.studies")


def test_a_worker_is_a_program_with_the_index_of_its_job(environment, ada, monkeypatch, capsys):
    monkeypatch.setenv("PERSON", "ada")
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "2")
    monkeypatch.setitem(train.SIZES, "small", FAST)
    seen = []
    real = tune.tune
    monkeypatch.setattr(tune, "tune", lambda *given: seen.append(given) or real(*given))
    space = json.dumps(few(1))
    assert tune.main(["--run", "program", "--space", space, "--size", "small"]) == 0
    where, run, given, size, worker = seen[0]
    assert (where.person, run, given["trials"], size, worker) == ("ada", "program", 1, FAST, 2)
    assert "tuning: 1 of 1 trials" in capsys.readouterr().out


def test_a_step_and_a_choice_are_kept_to():
    parameters = [
        {"name": "max_depth", "type": "int", "low": 2, "high": 8, "step": 3},
        {"name": "subsample", "type": "categorical", "values": [0.5, 0.9]},
        {"name": "learning_rate", "type": "float", "low": 0.1, "high": 0.3, "step": 0.1},
    ]
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    found = [tune.suggested(study.ask(), {"parameters": parameters}) for _ in range(30)]
    assert {one.max_depth for one in found} == {2, 5, 8}
    assert {one.subsample for one in found} == {0.5, 0.9}
    assert {round(one.learning_rate, 6) for one in found} == {0.1, 0.2, 0.3}
