"""Ends notebook servers that nobody uses, by the rule that SageMaker Studio has.

What counts is what kernels and terminals do: an open browser tab is no activity, a kernel that
computes is. JupyterHub's own culler goes by traffic: it keeps a server for an open tab, and may end
one whose kernel computes with the tab closed. Servers of people who were removed end at once.

A service of the hub: the hub starts it and gives it a token. It asks servers directly, not through
the proxy, whose traffic would make every server look used.
"""

import argparse
import asyncio
import json
import logging
import os
from datetime import UTC, datetime
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

log = logging.getLogger("idle")
PAGE = "application/jupyterhub-pagination+json"


def moment(text):
    """A time as JupyterHub and Jupyter Server write it."""
    return datetime.fromisoformat(text)


def last_activity(kernels, terminals, now):
    """When kernels and terminals did something last; `None` where there is neither."""
    times = [
        now if kernel["execution_state"] == "busy" else moment(kernel["last_activity"]) for kernel in kernels
    ]
    times += [moment(terminal["last_activity"]) for terminal in terminals]
    return max(times, default=None)


class IdleServers:
    """The servers of a hub, and when each was used last."""

    def __init__(self, hub_url, token, limits, people, fetch=None):
        self.hub_url = hub_url.rstrip("/")
        self.token = token
        self.idle_seconds = limits["idle"]
        self.age_seconds = limits["age"]
        self.people = set(people)
        self.fetch = fetch or AsyncHTTPClient().fetch
        self.seen = {}  # by name and start: a server that starts again is another one

    async def look(self, now):
        """Looks at every server once, and ends those whose time is up."""
        targets = await self.targets()
        servers = [
            (user["name"], server)
            async for user in self.pages("/users?state=active")
            for server in user["servers"].values()
            if server["ready"]
        ]
        self.seen = {key: self.seen[key] for key in map(self.key, servers) if key in self.seen}
        for person, server in servers:
            # One that does not answer, or goes at the same moment, is no reason to leave the others.
            try:
                reason = await self.reason(person, server, targets, now)
                if reason:
                    await self.stop(person, reason)
            except Exception as error:  # noqa: BLE001
                log.warning("%s: %s", person, error)

    async def reason(self, person, server, targets, now):
        """Why a server ends now; nothing where it goes on."""
        if person not in self.people:
            return "is no longer among the people of the platform"
        if (now - moment(server["started"])).total_seconds() > self.age_seconds:
            return f"has run for {self.age_seconds} s"
        key = self.key((person, server))
        target = targets.get(server["url"])
        try:
            found = await self.activity(target + server["url"].rstrip("/"), now) if target else None
        except (HTTPClientError, OSError) as error:
            # Busy with a computation it may not answer for a while: no reason to end it.
            log.warning("%s does not answer: %s", person, error)
            return None
        # A closed kernel is not forgotten: the person may think before they open the next.
        used = max(filter(None, [found, self.seen.get(key)]), default=now)
        self.seen[key] = used
        quiet = (now - used).total_seconds()
        return f"was idle for {quiet:.0f} s" if quiet >= self.idle_seconds else None

    async def activity(self, url, now):
        """When the kernels and terminals of the server at `url` were active last."""
        kernels = await self.ask(f"{url}/api/kernels?no_track_activity=1")
        try:
            terminals = await self.ask(f"{url}/api/terminals?no_track_activity=1")
        except HTTPClientError as error:
            if error.code != 404:  # a server may have terminals switched off
                raise
            terminals = []
        return last_activity(kernels, terminals, now)

    async def targets(self):
        """Where the proxy finds the server behind each path; ends with a slash, as the hub's do."""
        return {
            route["routespec"]: route["target"].rstrip("/")
            async for route in self.pages("/proxy")
            if "user" in route["data"]
        }

    async def stop(self, person, reason):
        log.info("ending the server of %s: it %s", person, reason)
        await self.ask(f"{self.hub_url}/users/{quote(person)}/server", "DELETE")

    async def pages(self, path):
        """Everything in a list of the hub, which gives it out in pages."""
        url = self.hub_url + path
        while url:
            answer = await self.ask(url)
            items = answer["items"]
            for item in items.values() if isinstance(items, dict) else items:
                yield item
            following = answer["_pagination"]["next"]
            # The address in the answer is the one from outside, which may lead through the proxy.
            separator = "&" if "?" in path else "?"
            url = following and (
                f"{self.hub_url}{path}{separator}offset={following['offset']}&limit={following['limit']}"
            )

    async def ask(self, url, method="GET"):
        headers = {"Authorization": f"token {self.token}", "Accept": PAGE}
        request = HTTPRequest(url, method, headers, request_timeout=20, follow_redirects=False)
        body = (await self.fetch(request)).body
        return json.loads(body) if body else None

    @staticmethod
    def key(of):
        person, server = of
        return person, server["name"], server["started"]


async def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hub", required=True, help="address of the hub's API")
    options.add_argument("--idle", type=int, required=True, help="seconds without activity")
    options.add_argument("--age", type=int, required=True, help="seconds that any server may run")
    options.add_argument("--every", type=int, default=30, help="seconds between two looks")
    given = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="[idle] %(message)s")
    servers = IdleServers(
        given.hub,
        os.environ["JUPYTERHUB_API_TOKEN"],
        {"idle": given.idle, "age": given.age},
        json.loads(os.environ["PEOPLE"]),
    )
    while True:
        try:
            await servers.look(datetime.now(UTC))
        except Exception as error:  # noqa: BLE001  # the hub may be starting, or its database away
            log.warning("no look this time: %s", error)
        await asyncio.sleep(given.every)


if __name__ == "__main__":
    asyncio.run(main())
