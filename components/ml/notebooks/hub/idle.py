"""Stops notebook servers that nobody uses, as SageMaker Studio does.

Only kernels and terminals count: an open tab is no activity, a computing kernel is. JupyterHub's own
culler counts traffic: it keeps a server for an open tab, and may stop one whose kernel computes with
the tab closed. This program also stops the servers of removed people, at once.

The hub starts the program as a service and gives it a token. The program asks servers directly:
traffic through the proxy would make every server look used.
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
    """Parses a time in the format of JupyterHub and Jupyter Server."""
    return datetime.fromisoformat(text)


def last_activity(kernels, terminals, now):
    """Time of the last activity of kernels and terminals; `None` if there is neither."""
    times = [
        now if kernel["execution_state"] == "busy" else moment(kernel["last_activity"]) for kernel in kernels
    ]
    times += [moment(terminal["last_activity"]) for terminal in terminals]
    return max(times, default=None)


class IdleServers:
    """The servers of a hub, and the last use of each."""

    def __init__(self, hub_url, token, limits, people, fetch=None):
        self.hub_url = hub_url.rstrip("/")
        self.token = token
        self.idle_seconds = limits["idle"]
        self.age_seconds = limits["age"]
        self.people = set(people)
        # As many requests at once as there may be servers: one that waits in a queue times out there.
        self.fetch = fetch or AsyncHTTPClient(force_instance=True, max_clients=1000).fetch
        self.seen = {}  # by name and start: a restarted server is another one

    async def look(self, now):
        """Checks every server once, and stops each one that `reason` names a reason for."""
        targets = await self.targets()
        servers = [
            (user["name"], server)
            async for user in self.pages("/users?state=active")
            for server in user["servers"].values()
            if server["ready"]
        ]
        self.seen = {key: self.seen[key] for key in map(self.key, servers) if key in self.seen}
        # All at once: servers that do not answer must not delay the check of the others.
        await asyncio.gather(*(self.check(person, server, targets, now) for person, server in servers))

    async def check(self, person, server, targets, now):
        """Stops a server if there is a reason to."""
        # A server that stops at this moment must not end the check of the others.
        try:
            reason = await self.reason(person, server, targets, now)
            if reason:
                await self.stop(person, reason)
        except Exception as error:  # noqa: BLE001
            log.warning("%s: %s", person, error)

    async def reason(self, person, server, targets, now):
        """Reason to stop a server now; `None` if there is none."""
        if person not in self.people:
            return "is no longer among the people of the platform"
        if (now - moment(server["started"])).total_seconds() > self.age_seconds:
            return f"has run for {self.age_seconds} s"
        key = self.key((person, server))
        target = targets.get(server["url"])
        try:
            found = await self.activity(target + server["url"].rstrip("/"), now) if target else None
        except (HTTPClientError, OSError) as error:
            # A server that computes may not answer for a while: no reason to stop it.
            log.warning("%s does not answer: %s", person, error)
            return None
        # The use of a closed kernel counts too: the person may think before they open the next.
        used = max(filter(None, [found, self.seen.get(key)]), default=now)
        self.seen[key] = used
        quiet = (now - used).total_seconds()
        return f"was idle for {quiet:.0f} s" if quiet >= self.idle_seconds else None

    async def activity(self, url, now):
        """Time of the last activity of the kernels and terminals of the server at `url`."""
        kernels = await self.ask(f"{url}/api/kernels?no_track_activity=1")
        try:
            terminals = await self.ask(f"{url}/api/terminals?no_track_activity=1")
        except HTTPClientError as error:
            if error.code != 404:  # a server may have disabled terminals
                raise
            terminals = []
        return last_activity(kernels, terminals, now)

    async def targets(self):
        """Address of the server behind each path of the proxy; paths end with a slash, as the hub's do."""
        return {
            route["routespec"]: route["target"].rstrip("/")
            async for route in self.pages("/proxy")
            if "user" in route["data"]
        }

    async def stop(self, person, reason):
        log.info("ending the server of %s: it %s", person, reason)
        await self.ask(f"{self.hub_url}/users/{quote(person)}/server", "DELETE")

    async def pages(self, path):
        """Items of a list that the hub returns in pages."""
        url = self.hub_url + path
        while url:
            answer = await self.ask(url)
            items = answer["items"]
            for item in items.values() if isinstance(items, dict) else items:
                yield item
            following = answer["_pagination"]["next"]
            # The answer contains the address from outside, which may lead through the proxy.
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
        except Exception as error:  # noqa: BLE001  # the hub may be starting, or its database unavailable
            log.warning("no look this time: %s", error)
        await asyncio.sleep(given.every)


if __name__ == "__main__":
    asyncio.run(main())
