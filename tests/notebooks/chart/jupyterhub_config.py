"""Replaces the JupyterHub chart where it is not available. It applies the values that the program sets
as the chart does, and fails on a value that it does not know.

CHART is a folder with `values.json`, the Secret's files in `secret`, and the hub's own files by name.
"""

import json
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821
chart = Path(os.environ["CHART"])


def merged(one, other):
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return one | {key: merged(one.get(key), value) for key, value in other.items()}


def secret(name):
    return (chart / "secret" / name).read_text()


values = merged(json.loads((chart / "values.json").read_text()), json.loads(secret("values.yaml")))


def get_config(path, default=None):  # the chart's own function of this name
    found = values
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            return default
        found = found[part]
    return found


def take(section, **traits):
    """Sets traits from values of a section by their paths; returns the keys of the section that it used."""
    rest = {path: get_config(f"{section}.{path}") for path in traits.values()}
    for trait, path in traits.items():
        target, name = trait.split("__")
        if rest[path] is not None:
            setattr(c[target], name, rest[path])
    return {path.split(".")[0] for path in traits.values()}


def no_others(section, known):
    unknown = set(get_config(section)) - known
    if unknown:
        sys.exit(f"{section} has values that are not known here: {sorted(unknown)}")


c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 60
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.JupyterHub.hub_bind_url = os.environ.get("HUB_BIND_URL", "http://:8081")
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ.get("PROXY_API_URL", "http://proxy-api:8001")
c.JupyterHub.cookie_secret = secret("hub.config.JupyterHub.cookie_secret")
c.CryptKeeper.keys = secret("hub.config.CryptKeeper.keys").split(";")
os.environ["PGPASSWORD"] = secret("hub.db.password")

c.KubeSpawner.common_labels = {
    "app": "jupyterhub",
    "release": "jupyterhub",
    "app.kubernetes.io/managed-by": "kubespawner",
}
c.KubeSpawner.uid, c.KubeSpawner.fs_gid = 1000, 100
c.KubeSpawner.namespace = "jupyterhub"
c.Spawner.cmd = ["jupyterhub-singleuser"]
known = take(
    "singleuser",
    KubeSpawner__service_account="serviceAccountName",
    KubeSpawner__default_url="defaultUrl",
    KubeSpawner__start_timeout="startTimeout",
    KubeSpawner__profile_list="profileList",
    KubeSpawner__init_containers="initContainers",
    KubeSpawner__environment="extraEnv",
)
no_others("singleuser", known | {"storage", "cloudMetadata", "networkPolicy"})
storage = get_config("singleuser.storage")
take(
    "singleuser.storage",
    KubeSpawner__storage_capacity="capacity",
    KubeSpawner__pvc_name_template="dynamic.pvcNameTemplate",
    KubeSpawner__storage_class="dynamic.storageClass",
    KubeSpawner__storage_access_modes="dynamic.storageAccessModes",
)
c.KubeSpawner.storage_pvc_ensure = True
home = storage["dynamic"]["volumeNameTemplate"]
c.KubeSpawner.volumes = {
    home: {"name": home, "persistentVolumeClaim": {"claimName": "{pvc_name}"}},
    **{one["name"]: one for one in storage["extraVolumes"]},
}
c.KubeSpawner.volume_mounts = {
    home: {"name": home, "mountPath": storage["homeMountPath"]},
    **{f"{n}-{one['name']}": one for n, one in enumerate(storage["extraVolumeMounts"])},
}

no_others(
    "hub",
    take("hub", Spawner__consecutive_failure_limit="consecutiveFailureLimit", JupyterHub__db_url="db.url")
    | {"config", "services", "loadRoles", "networkPolicy", "serviceAccount", "existingSecret", "resources"}
    | {"initContainers", "extraVolumes", "extraVolumeMounts", "extraFiles"},
)
c.JupyterHub.services = [
    {"name": name, "api_token": "0" * 63 + str(n), **service}
    for n, (name, service) in enumerate(get_config("hub.services").items())
]
c.JupyterHub.load_roles = [{"name": name, **role} for name, role in get_config("hub.loadRoles").items()]
for section, traits in get_config("hub.config").items():
    c[section].update(traits)
sys.path.insert(0, str(chart))
exec(compile((chart / "ml-platform.py").read_text(), "ml-platform.py", "exec"))  # noqa: S102  # as the chart does
# The hub has no name if everything runs on one machine.
if "HUB_CONNECT_URL" in os.environ:
    c.JupyterHub.hub_connect_url = os.environ["HUB_CONNECT_URL"]
