"""Settings that the chart's values cannot express: they are code or depend on a value of the stack.

The chart runs this file after its own configuration, and provides `c` and `get_config`.
"""

import platform_hub

stack = get_config("custom")  # noqa: F821
for section in (c.PlatformAuthenticator, c.PlatformSpawner):  # noqa: F821
    section.role_arns = stack["roleArns"]
c.PlatformAuthenticator.admins = stack["admins"]  # noqa: F821
c.PlatformSpawner.namespaces = stack["namespaces"]  # noqa: F821
c.PlatformSpawner.pre_spawn_hook = platform_hub.before_spawn  # noqa: F821
# Servers run in other namespaces, where the chart's short name of the hub does not resolve.
c.JupyterHub.hub_connect_url = f"http://hub.{stack['namespace']}:8081"  # noqa: F821
