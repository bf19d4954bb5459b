"""Fake cluster: the part of the Kubernetes API that KubeSpawner uses. Its pods are processes on this
machine, each with its own address on the loopback interface.

For namespaces outside `allowed` the API answers 403, as it does where the hub has no role.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import threading

from tornado import iostream, web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets


class Cluster:
    """The objects, and the processes behind the pods."""

    def __init__(self, folder, rewrite):
        self.folder, self.rewrite = folder, rewrite
        self.allowed, self.pods, self.claims, self.processes = set(), {}, {}, {}
        self.version, self.watchers, self.down = 1, [], False
        # Not those of another run, whose servers may still listen: all use the same port.
        network = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}"
        self.addresses = iter(f"{network}.{n}" for n in range(1, 250))

    def change(self, kind, pod):
        self.version += 1
        pod["metadata"]["resourceVersion"] = str(self.version)
        namespace = pod["metadata"]["namespace"]
        for watched, queue in self.watchers:
            if watched == namespace:
                queue.put_nowait({"type": kind, "object": json.loads(json.dumps(pod))})

    def start(self, namespace, pod):
        address = next(self.addresses)
        metadata = pod["metadata"] = {**pod["metadata"], "namespace": namespace, "uid": f"uid-{address}"}
        metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
        container = pod["spec"]["containers"][0]
        home = self.folder / namespace
        home.mkdir(exist_ok=True)
        environment = {one["name"]: self.rewrite(one.get("value") or "") for one in container["env"]}
        url = environment["JUPYTERHUB_SERVICE_URL"].replace("0.0.0.0", address)
        keep = {"PATH": os.environ["PATH"], "HOME": str(home), "JUPYTERHUB_SERVICE_URL": url}
        log = (home / "log").open("a")
        self.processes[namespace] = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub.singleuser", *container["args"][1:], "--allow-root"],
            cwd=home,
            env={**environment, **keep},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        state = {"name": container["name"], "ready": True, "state": {"running": {}}}
        state |= {"image": container["image"], "imageID": "", "restartCount": 0}
        pod["status"] = {"phase": "Running", "podIP": address, "containerStatuses": [state]}
        self.pods[namespace, metadata["name"]] = pod
        self.change("ADDED", pod)
        return pod

    def stop(self, namespace, name):
        pod = self.pods.pop((namespace, name), None)
        if pod is None:
            return False
        process = self.processes.pop(namespace)
        process.kill()
        process.wait()
        self.change("DELETED", pod)
        return True

    def close(self):
        for namespace, name in list(self.pods):
            self.stop(namespace, name)


class Handler(web.RequestHandler):
    """Requests for one kind of object in one namespace."""

    def initialize(self, cluster):
        self.cluster = cluster

    def answer(self, status, body):
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(body))

    def prepare(self):
        namespace = self.path_args[0]
        if self.cluster.down or namespace not in self.cluster.allowed:
            self.answer(503 if self.cluster.down else 403, {"kind": "Status", "message": "is forbidden"})
            self.finish()

    async def get(self, namespace, kind, name=None):
        cluster = self.cluster
        if name is not None:
            found = cluster.claims.get((namespace, name))
            return self.answer(200 if found else 404, found or {"message": "not found"})
        if self.get_argument("watch", ""):
            return await self.watch(namespace, kind)
        pods = [pod for (of, _), pod in cluster.pods.items() if of == namespace and kind == "pods"]
        self.answer(200, {"metadata": {"resourceVersion": str(cluster.version)}, "items": pods})

    async def watch(self, namespace, kind):
        queue = asyncio.Queue()
        watcher = (namespace if kind == "pods" else None, queue)
        self.cluster.watchers.append(watcher)
        try:
            for _ in range(int(self.get_argument("timeoutSeconds", "10"))):
                try:
                    self.write(json.dumps(await asyncio.wait_for(queue.get(), 1)) + "\n")
                except TimeoutError:
                    pass
                if self.cluster.down:
                    return
                await self.flush()
        except iostream.StreamClosedError:
            pass  # the watcher has disconnected
        finally:
            self.cluster.watchers.remove(watcher)

    def post(self, namespace, kind, name=None):
        body = json.loads(self.request.body)
        if kind == "pods":
            return self.answer(201, self.cluster.start(namespace, body))
        self.cluster.claims[namespace, body["metadata"]["name"]] = body
        self.answer(201, body)

    def delete(self, namespace, kind, name):
        gone = self.cluster.stop(namespace, name)
        self.answer(200 if gone else 404, {"kind": "Status", "message": "not found"})


def serve(cluster, port):
    """Serves the API in its own thread; returns a function that stops it."""
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def run():
        path = r"/api/v1/namespaces/([^/]+)/(pods|events|persistentvolumeclaims)(?:/([^/]+))?"
        application = web.Application([(path, Handler, {"cluster": cluster})], log_function=lambda _: None)
        server = HTTPServer(application)
        server.add_sockets(bind_sockets(port, "127.0.0.1"))
        started.set()
        await asyncio.Event().wait()

    def main():
        try:
            loop.run_until_complete(run())
        except RuntimeError:
            pass  # the loop was stopped

    thread = threading.Thread(target=main, daemon=True)
    thread.start()
    started.wait(10)
    return lambda: loop.call_soon_threadsafe(loop.stop)
