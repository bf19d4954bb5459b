"""Asks the model server of a stack for predictions, and measures its answers: the same file on every target.

Several clients ask at the same time, each for the next images as soon as it has an answer. Nothing else limits them,
so their number decides how much the server has to do. A Kubernetes Job and a SageMaker training job run this as a
program; `welcome.ipynb` calls its functions.
"""

import argparse
import http.client
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, fields
from urllib.parse import urlsplit

import boto3
import numpy as np
import train
from botocore.config import Config

MODEL, JSON = "digits", "application/json"
# Seconds for which an answer may take, and for which clients ask before anything is measured.
LONGEST, WARM_UP = 30, 2


@dataclass(frozen=True)
class Load:
    """Clients, seconds for which they ask, and images in each request."""

    clients: int = 4
    seconds: int = 30
    images: int = 1


class Triton:
    """A connection to a model server in the cluster."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=LONGEST)

    def ask(self, body):
        """Sends a request of the v2 protocol; returns the answer, or raises OSError."""
        self.connection.request("POST", f"/v2/models/{MODEL}/infer", body, {"Content-Type": JSON})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise OSError(f"the server answers {answer.status}: {content[:300].decode(errors='replace')}")
        return content


class Endpoint:
    """A connection to an endpoint of SageMaker, with signed requests."""

    def __init__(self, name, region):
        # A second attempt would be another request, whose time looks like the first one's.
        settings = Config(read_timeout=LONGEST, retries={"total_max_attempts": 1})
        self.client = boto3.client("sagemaker-runtime", region, config=settings)
        self.name = name

    def ask(self, body):
        """Sends a request of the v2 protocol; returns the answer."""
        answer = self.client.invoke_endpoint(EndpointName=self.name, ContentType=JSON, Body=body)
        return answer["Body"].read()


def server(environment=os.environ):
    """A connection to the model server of the stack; None where it has none."""
    if url := environment.get("SERVING_URL"):
        return Triton(url)
    if name := environment.get("SERVING_ENDPOINT"):
        return Endpoint(name, train.region_of(environment))
    return None


def body_of(images):
    """A request for rows of 64 pixels."""
    data = np.ravel(images).tolist()
    pixels = {"name": "pixels", "datatype": "FP32", "shape": [len(images), 64], "data": data}
    return json.dumps({"inputs": [pixels], "outputs": [{"name": "probabilities"}]}).encode()


def digits_of(answer):
    """The most probable digit of each image of a request."""
    (output,) = json.loads(answer)["outputs"]
    return np.reshape(output["data"], output["shape"]).argmax(axis=1)


def predict(connection, images):
    """The digits that the server sees on images."""
    return digits_of(connection.ask(body_of(images)))


def ask_for(connections, bodies, seconds, report=lambda done: None):
    """Asks with all connections at once for some seconds.

    Returns the seconds of each request, those of all of them together, and the last answer to each body. `report` gets
    the share of the time that is over, each second. The first request that fails ends everything.
    """
    took, answers, failed = [], {}, threading.Event()
    start = time.perf_counter()

    def client(number):
        index = number * len(bodies) // len(connections)
        while (begin := time.perf_counter()) < start + seconds and not failed.is_set():
            try:
                answers[index] = connections[number].ask(bodies[index])
            except BaseException:
                failed.set()
                raise
            took.append(time.perf_counter() - begin)
            index = (index + 1) % len(bodies)

    with ThreadPoolExecutor(len(connections)) as pool:
        clients = [pool.submit(client, number) for number in range(len(connections))]
        while wait(clients, timeout=1).not_done:
            report(min(1, (time.perf_counter() - start) / seconds))
        elapsed = time.perf_counter() - start
        for one in clients:
            one.result()
    return took, elapsed, answers


def measure(images, digits, load, report=lambda done: None, environment=os.environ):
    """Asks the server for the digits on images as `load` says; returns what it took, in seconds."""
    starts = range(0, len(images) - load.images + 1, load.images)
    bodies = [body_of(images[start : start + load.images]) for start in starts]
    connections = [server(environment) for _ in range(load.clients)]
    ask_for(connections, bodies, WARM_UP)
    took, elapsed, answers = ask_for(connections, bodies, load.seconds, report)
    right = [digits_of(answer) == digits[starts[index] :][: load.images] for index, answer in answers.items()]
    return {
        "requests": len(took),
        "predictions": len(took) * load.images,
        "seconds": elapsed,
        "latency": {f"p{share}": percentile(took, share) for share in (50, 95, 99)},
        "accuracy": float(np.mean(np.concatenate(right))),
    }


def percentile(values, share):
    """The smallest value that so many percent do not exceed."""
    return float(np.percentile(values, share, method="inverted_cdf"))


def main(arguments=None):
    """Runs with the options of the command line, which SageMaker makes of hyperparameters."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--run", required=True, help="name of this run, part of its folder")
    for field in fields(Load):
        options.add_argument(f"--{field.name}", type=field.type, default=field.default)
    given = vars(options.parse_args(arguments))
    run, load, begun = given.pop("run"), Load(**given), time.time()
    if server() is None:
        sys.exit("nothing is served here: neither SERVING_URL nor SERVING_ENDPOINT is set")
    where = train.place()
    images, digits = train.load(where)
    measured = measure(images, digits, load, lambda done: print(f"asking: {done:.0%}", flush=True))
    result = {"run": run, "begun": begun, "load": asdict(load), **measured}
    train.save(where, run, "predictions.json", json.dumps(result).encode())
    print(f"p95={measured['latency']['p95']}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
