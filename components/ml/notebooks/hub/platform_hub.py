"""Decides who may have a server and with which identity it runs.

JupyterHub loads the classes by their names in the chart's values. `jupyterhub_config.py` gives them the
people of the stack. Nothing here needs a right on the whole cluster: each person's server runs in that
person's namespace, where the hub has a small role.
"""

import asyncio

from kubernetes_asyncio.client import ApiException
from kubespawner import KubeSpawner
from oauthenticator.generic import GenericOAuthenticator
from tornado import web
from traitlets import Dict, List, default

# Group of the user pool whose members are administrators.
ADMINS = "ml-admins"


class Refused(web.HTTPError):
    """Refusal with a reason, for the person and for the hub's log."""

    def __init__(self, reason):
        super().__init__(403, "%s", reason)
        # The hub shows this attribute when a spawn fails.
        self.jupyterhub_message = reason


class PlatformAuthenticator(GenericOAuthenticator):
    """Login with the stack's user pool, for the people of the stack only."""

    role_arns = Dict(help="AWS role of each person, by name", config=True)
    admins = List(help="Names of the people who are administrators", config=True)

    @default("http_request_kwargs")
    def _close_connections(self):
        """Closes each connection to the user pool after its request.

        The pool closes idle connections. curl may reuse one at that moment, and the login then ends in an
        error 500. https://github.com/jupyterhub/jupyterhub/issues/1398
        """
        return {"prepare_curl_callback": lambda curl: curl.setopt(curl.FORBID_REUSE, True)}

    def normalize_username(self, username):
        """Keeps the name as it is; otherwise an account "Ada" of the pool would be the person "ada"."""
        return username

    async def check_allowed(self, username, auth_model):
        """Allows people of the stack who are in one of the groups."""
        if not await super().check_allowed(username, auth_model):
            return False
        if username not in self.role_arns:
            raise Refused(f'"{username}" can log in but is not among the people of this platform.')
        if not self._may_be_in(username, auth_model["groups"]):
            raise Refused(
                f'"{username}" is in {ADMINS} of the user pool, but not in the settings of this stack.'
            )
        return True

    async def refresh_user(self, user, handler=None, **kwargs):
        """Ends the session of a person who was removed, or is no administrator any more.

        Otherwise their cookie would be valid for hours.
        """
        return user.name in self.role_arns and self._may_be_in(user.name, [one.name for one in user.groups])

    def _may_be_in(self, username, groups):
        return ADMINS not in groups or username in self.admins


class PlatformSpawner(KubeSpawner):
    """A person's server, in their namespace and with their AWS role."""

    role_arns = Dict(help="AWS role of each person, by name", config=True)
    namespaces = Dict(help="Namespace of each person, by name", config=True)

    async def _start_reflector(self, kind, reflector_class, replace=False, **kwargs):
        """Restarts a watch that has given up; all do while the API server is unavailable for a minute.

        KubeSpawner would use the last state of such a watch for ever. It would also wait for ever for a
        watch whose start was cancelled, when a server's start fails or its page is closed. The shield
        prevents that cancellation.
        """
        known = self.__class__.reflectors.get(self._get_reflector_key(kind))
        ended = (
            known is not None
            and known.first_load_future.done()
            and (known.watch_task is None or known.watch_task.done())
        )
        try:
            started = super()._start_reflector(kind, reflector_class, replace or ended, **kwargs)
            return await asyncio.shield(asyncio.ensure_future(started))
        except ApiException as error:
            if error.status not in (403, 404):
                raise
            raise Refused(
                f'The namespace "{self.namespace}" is not there, or the hub has no role in it. '
                "An administrator makes both with `pulumi up`."
            ) from error

    async def progress(self):
        """Reports the progress of a start; the hub itself reports a refused start."""
        try:
            async for event in super().progress():
                yield event
        except Refused as refused:
            self.log.info("%s", refused.jupyterhub_message)


async def before_spawn(spawner):
    """Prepares a person's server, or refuses it with a reason; KubeSpawner's `pre_spawn_hook`."""
    person = spawner.user.name
    role_arn = spawner.role_arns.get(person)
    if role_arn is None:
        raise Refused(f'"{person}" is not among the people of this platform.')
    spawner.namespace = spawner.namespaces[person]
    # Fails at once, with a message, if the namespace or the hub's role in it is missing.
    await spawner._start_watching_pods()
    _forget_removed_size(spawner)
    spawner.environment = {
        **spawner.environment,
        "AWS_ROLE_ARN": role_arn,
        "AWS_ROLE_SESSION_NAME": person,
    }


def _forget_removed_size(spawner):
    """Uses the default size if the last choice is no longer offered."""
    sizes = [one["slug"] for one in spawner.profile_list or []]
    if spawner.user_options.get("profile") not in [None, *sizes]:
        spawner.user_options = {}
