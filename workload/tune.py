"""Tunes the trainer with Optuna: workers side by side share a study in PostgreSQL, as the person whose it is.

A study is in a schema that has the person's name, which only they can read. A Kubernetes Job runs this as a program,
with an index for each worker; `welcome.ipynb` calls its functions. SageMaker's automatic tuning needs none of it: it
starts `train.py` for each trial.

Prints a line after each trial, with what all workers together have done.
"""

import argparse
import json
import os
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import optuna
import train
from optuna.exceptions import ExperimentalWarning
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState

# File with the search space, beside the programs.
SPACE = "search-space.json"
# Seconds between two signs of life of a worker, and after which a trial without any is another worker's.
HEARTBEAT, GRACE = 10, 60
# How often a trial is tried again: parameters that end their worker would do so for ever.
RETRIES = 1


def read_space(folder=Path(__file__).parent):
    """The search space: objective, parameters, number of trials and of workers, seed."""
    return json.loads((folder / SPACE).read_text())


def suggested(trial, space):
    """Parameters of the trainer that Optuna suggests for a trial."""
    return train.Parameters(**{one["name"]: suggestion(trial, one) for one in space["parameters"]})


def suggestion(trial, one):
    """Value of one parameter, within its range."""
    if one["type"] == "categorical":
        return trial.suggest_categorical(one["name"], one["values"])
    suggest = {"float": trial.suggest_float, "int": trial.suggest_int}[one["type"]]
    step = {"step": one["step"]} if "step" in one else {}
    return suggest(one["name"], one["low"], one["high"], log=one.get("log", False), **step)


@contextmanager
def alone(where):
    """Keeps the person's other workers waiting; gives a session of PostgreSQL."""
    with train.connect(where) as session:
        session.autocommit = True
        session.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"tuning {where.person}"])
        yield session


def storage(where):
    """Optuna's tables in the person's schema. Each new connection logs in with a new token."""
    with warnings.catch_warnings():
        # Signs of life have been called experimental since 2021.
        warnings.simplefilter("ignore", ExperimentalWarning)
        return RDBStorage(
            "postgresql+psycopg://",
            engine_kwargs={"creator": lambda: train.connect(where), "pool_pre_ping": True},
            heartbeat_interval=HEARTBEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=RETRIES),
        )


def open_study(where, run, space, worker=0):
    """The study of a run, which goes on where it was; creates schema, tables and study where there are none."""
    # Of two workers that create the tables at the same time, one would fail.
    with alone(where) as session:
        session.execute("CREATE SCHEMA IF NOT EXISTS AUTHORIZATION CURRENT_USER")
        study = optuna.create_study(
            storage=storage(where),
            study_name=run,
            direction=space["objective"]["direction"],
            load_if_exists=True,
        )
    # With one seed all workers would begin with the same parameters, and again after a restart.
    seeds = np.random.SeedSequence([space["seed"], worker, len(study.get_trials(deepcopy=False))])
    study.sampler = optuna.samplers.TPESampler(seed=int(seeds.generate_state(1)[0]))
    return study


def count(study, *states):
    """Number of trials in these states."""
    return len(study.get_trials(deepcopy=False, states=states))


def progress(study, space):
    """Line about what all workers together have done."""
    done = f"tuning: {count(study, TrialState.COMPLETE)} of {space['trials']} trials"
    return f"{done}, best {space['objective']['name']} {study.best_value:.4f}"


def tune(where, run, space, size, worker=0):
    """Takes trials until the study has enough; returns the study."""
    study = open_study(where, run, space, worker)
    images, digits = train.load(where)

    def objective(trial):
        return train.objective(images, digits, suggested(trial, space), size)[1]

    # Others' trials count while they run, so that the last ones are not too many. A worker that starts again counts
    # none of them: one may be its own that it did not end.
    if count(study, TrialState.COMPLETE) < space["trials"]:
        enough = MaxTrialsCallback(space["trials"], states=(TrialState.COMPLETE, TrialState.RUNNING))
        told = lambda study, _: print(progress(study, space), flush=True)
        study.optimize(objective, callbacks=[enough, told])
    keep(where, run, study)
    return study


def keep(where, run, study):
    """Writes the trials of a study into the folder of its run; the worker that ends last writes all of them."""
    with alone(where):
        content = json.dumps({"trials": [described(one) for one in study.trials]})
        train.save(where, run, "trials.json", content.encode())


def described(trial):
    """A trial as the command reads it; times in seconds, `null` of one that has not ended."""
    ended = trial.datetime_complete is not None and trial.datetime_start is not None
    return {
        "number": trial.number,
        "state": trial.state.name.lower(),
        "value": trial.value,
        "parameters": trial.params,
        "seconds": (trial.datetime_complete - trial.datetime_start).total_seconds() if ended else None,
    }


def main(arguments=None, environment=os.environ):
    """Runs as one of the workers of a Job, of which Kubernetes says the index."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--run", required=True, help="name of this run, and of its study")
    options.add_argument("--size", choices=train.SIZES, default="small")
    options.add_argument("--space", type=json.loads, help=f"search space, as JSON (default: {SPACE})")
    given = options.parse_args(arguments)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = given.space or read_space()
    worker = int(environment.get("JOB_COMPLETION_INDEX", 0))
    tune(train.place(environment), given.run, space, train.SIZES[given.size], worker)
    return 0


if __name__ == "__main__":
    sys.exit(main())
