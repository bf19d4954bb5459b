"""Tests of the rule for idle servers alone, with a fake hub."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import idle
import pytest
from tornado.httpclient import HTTPClientError

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def ago(**of):
    return (NOW - timedelta(**of)).isoformat().replace("+00:00", "Z")


class World:
    """Fake hub with one server per page, and the state of their kernels and terminals."""

    def __init__(self, people=("ada", "grace"), idle_seconds=3600):
        self.users, self.answers, self.stopped, self.asked = {}, {}, [], []
        limits = {"idle": idle_seconds, "age": 7 * 24 * 3600}
        self.servers = idle.IdleServers("http://hub/hub/api", "token", limits, people, self.fetch)

    def server(self, person, kernels=(), terminals=(), started=None):
        self.users[person] = {
            "name": "",
            "ready": True,
            "url": f"/user/{person}/",
            "started": started or ago(hours=9),
        }
        self.answers[f"/user/{person}/api/kernels"] = list(kernels)
        self.answers[f"/user/{person}/api/terminals"] = list(terminals)

    def look(self, **later):
        asyncio.run(self.servers.look(NOW + timedelta(**later)))
        stopped, self.stopped = self.stopped, []
        return stopped

    async def fetch(self, request):
        url = urlsplit(request.url)
        self.asked.append(request.url)
        if request.method == "DELETE":
            self.stopped.append(url.path.split("/")[-2])
            return SimpleNamespace(body=b"")
        if url.path == "/hub/api/proxy":
            items = {f"/user/{name}/": self.route(name) for name in self.users} | {"/": self.route(None)}
            return self.page(url, sorted(items.items()), dict)
        if url.path == "/hub/api/users":
            found = [{"name": name, "servers": {"": server}} for name, server in self.users.items()]
            return self.page(url, found, list)
        answer = self.answers[url.path]
        if isinstance(answer, int):
            raise HTTPClientError(answer)
        return SimpleNamespace(body=json.dumps(answer).encode())

    @staticmethod
    def route(name):
        data = {"user": name, "server_name": ""} if name else {"hub": True}
        return {
            "routespec": f"/user/{name}/" if name else "/",
            "target": "http://10.0.0.1:8888",
            "data": data,
        }

    @staticmethod
    def page(url, items, kind):
        offset = int(dict(part.split("=") for part in url.query.split("&") if part).get("offset", 0))
        following = {"offset": offset + 1, "limit": 1} if offset + 1 < len(items) else None
        body = {"items": kind(items[offset : offset + 1]), "_pagination": {"next": following}}
        return SimpleNamespace(body=json.dumps(body).encode())


def kernel(state="idle", **of):
    return {"execution_state": state, "last_activity": ago(**of), "connections": 1}


@pytest.mark.parametrize(
    ("kernels", "terminals", "ends"),
    [
        ([kernel(minutes=59)], [], False),
        ([kernel(minutes=61)], [], True),
        ([kernel("busy", hours=8)], [], False),
        ([kernel(minutes=61), kernel(minutes=5)], [], False),
        ([], [{"name": "1", "last_activity": ago(minutes=59)}], False),
        ([], [{"name": "1", "last_activity": ago(minutes=61)}], True),
        ([kernel(hours=3)], [{"name": "1", "last_activity": ago(hours=2)}], True),
    ],
)
def test_kernels_and_terminals_decide(kernels, terminals, ends):
    world = World()
    world.server("ada", kernels, terminals)
    assert world.look() == (["ada"] if ends else [])


def test_a_server_without_any_has_as_long_as_others():
    world = World()
    world.server("ada")
    assert world.look() == []
    assert world.look(minutes=59) == []
    assert world.look(minutes=61) == ["ada"]


def test_a_closed_kernel_is_not_forgotten():
    world = World()
    world.server("ada", [kernel(minutes=1)])
    assert world.look() == []
    world.answers["/user/ada/api/kernels"] = []
    assert world.look(minutes=50) == []
    assert world.look(minutes=60) == ["ada"]


def test_a_server_that_started_again_begins_anew():
    world = World()
    world.server("ada", [kernel(minutes=59)])
    assert world.look() == []
    world.server("ada", started=ago(minutes=-1))
    assert world.look(minutes=5) == []


def test_servers_of_people_who_were_removed_end_at_once():
    world = World(people=["grace"])
    world.server("ada", [kernel("busy", minutes=0)])
    world.server("grace", [kernel(minutes=0)])
    assert world.look() == ["ada"]


def test_none_runs_for_ever():
    world = World()
    world.server("ada", [kernel("busy", minutes=0)], started=ago(days=8))
    assert world.look() == ["ada"]


def test_one_that_does_not_answer_goes_on_and_keeps_no_other_back():
    world = World()
    world.server("ada")
    world.server("grace", [kernel(hours=2)])
    world.answers["/user/ada/api/kernels"] = 599
    assert world.look() == ["grace"]


def test_all_are_asked_at_once():
    world = World(people=[f"person-{number}" for number in range(20)])
    for person in world.servers.people:
        world.server(person, [kernel(minutes=5)])
    waiting, most, fetch = set(), [], world.servers.fetch

    async def slow(request):
        if "/user/" in request.url:
            waiting.add(request.url)
            most.append(len(waiting))
            await asyncio.sleep(0)
            waiting.discard(request.url)
        return await fetch(request)

    world.servers.fetch = slow
    assert world.look() == []
    assert max(most) == 20


def test_terminals_may_be_switched_off():
    world = World()
    world.server("ada", [kernel(hours=2)])
    world.answers["/user/ada/api/terminals"] = 404
    assert world.look() == ["ada"]


def test_the_question_itself_is_no_activity():
    world = World()
    world.server("ada", [kernel(minutes=1)])
    world.look()
    servers = [url for url in world.asked if "/user/" in url]
    assert servers and all(url.endswith("no_track_activity=1") for url in servers)
    assert all(url.startswith("http://10.0.0.1:8888/") for url in servers)
