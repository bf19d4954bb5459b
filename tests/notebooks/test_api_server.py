"""Test of a hub whose API server is away for a while: longer than KubeSpawner tries again."""

import time


def test_servers_are_seen_again_after_the_api_server_was_away(hub, ada):
    hub.cluster.down = True
    deadline = time.monotonic() + 120
    while "Watching resources never recovered" not in hub.log() and time.monotonic() < deadline:
        time.sleep(1)
    hub.cluster.down = False
    assert ada.stop() is not None
    assert ada.start(seconds=60).get("ready")
