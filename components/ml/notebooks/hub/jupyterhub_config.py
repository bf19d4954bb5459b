"""What the chart's values cannot say, since it is code or depends on a value of the stack.

The chart runs this file behind its own configuration, with `c` and `get_config` at hand.
"""

import platform_hub

stack = get_config("custom")  # noqa: F821
for section in (c.PlatformAuthenticator, c.PlatformSpawner):  # noqa: F821
    section.role_arns = stack["roleArns"]
c.PlatformSpawner.region = stack["region"]  # noqa: F821
c.PlatformSpawner.pre_spawn_hook = platform_hub.before_spawn  # noqa: F821
# Servers stand in other namespaces, where the short name that the chart takes leads nowhere.
c.JupyterHub.hub_connect_url = f"http://hub.{stack['namespace']}:8081"  # noqa: F821
