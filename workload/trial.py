"""One trial of Katib: trains once and prints the metric, from which Katib reads it. Nothing else is kept of it."""

import argparse
import os
import sys
from dataclasses import fields

import train


def main(arguments=None, environment=os.environ):
    """Trains with the options of the command line, which are called as the search space calls its parameters."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--size", choices=train.SIZES, default="small")
    for field in fields(train.Parameters):
        options.add_argument(f"--{field.name}", type=field.type, default=field.default)
    given = vars(options.parse_args(arguments))
    size = train.SIZES[given.pop("size")]
    # It reads the data set only: it is nobody's, and has no login in the database.
    where = train.Place("", train.region_of(environment), environment["BUCKET"], database_host="")
    print("training: begun", flush=True)
    accuracy = train.objective(*train.load(where), train.Parameters(**given), size)[1]
    print(f"accuracy={accuracy}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
