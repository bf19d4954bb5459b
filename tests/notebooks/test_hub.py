"""Tests of the real hub, authenticator, spawner and proxy, with the program's values and files."""

import time

from browser import get_in

IDENTITY = """
import os
names = ("AWS_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "BUCKET", "PGSSLMODE", "JUPYTERHUB_USER")
print({name: os.environ[name] for name in names})
"""


def test_a_kernel_runs_with_the_persons_identity(hub, ada):
    printed = ada.kernel().run(IDENTITY)
    assert "'AWS_ROLE_ARN': 'arn:aws:iam::123456789012:role/ada'" in printed
    assert "'AWS_REGION': 'eu-west-3'" in printed
    assert "'PGSSLMODE': 'verify-full'" in printed
    [(namespace, name)] = hub.cluster.pods
    assert (namespace, name) == ("user-ada", "notebook")
    assert ("user-ada", "home") in hub.cluster.claims


def test_a_pod_is_as_it_must_be(hub, ada):
    pod = hub.cluster.pods["user-ada", "notebook"]["spec"]
    assert pod["serviceAccountName"] == "notebook"
    assert pod["automountServiceAccountToken"] is False
    token = next(one for one in pod["volumes"] if one["name"] == "aws-token")
    assert token["projected"]["sources"][0]["serviceAccountToken"]["audience"] == "sts.amazonaws.com"
    [container], [start] = pod["containers"], pod["initContainers"]
    for one in (container, start):
        context = one["securityContext"]
        assert context["runAsNonRoot"] and not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["securityContext"]["fsGroup"] == 100
    assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]
    assert start["command"][1] == "/opt/ml-platform/fetch_roots.py"


def test_nobody_opens_anothers_server(hub, ada):
    grace = get_in(hub.browser("grace"))
    assert grace.get("/user/ada/lab").status_code == 403
    assert grace.send("POST", "/hub/api/users/ada/tokens", {}).status_code == 403
    assert grace.send("DELETE", "/hub/api/users/ada/server").status_code == 404
    assert grace.get("/hub/admin").status_code == 403


def test_administrators_end_servers_and_do_not_open_them(hub, ada):
    grace = get_in(hub.browser("grace"))
    assert grace.start().get("ready")
    assert ada.get("/hub/admin").ok
    assert ada.get("/user/grace/lab").status_code == 403
    assert ada.get("/user/grace/api/kernels").status_code == 403
    assert ada.send("POST", "/hub/api/users/grace/tokens", {}).status_code == 403
    assert ada.send("DELETE", "/hub/api/users/grace/server").status_code == 204
    assert not grace.running()


def test_who_is_in_no_group_or_no_person_of_the_stack_is_refused(hub):
    assert hub.browser("carol").get("/hub/home").status_code == 403
    page = hub.browser("dave").get("/hub/home")
    assert page.status_code == 403
    assert "is not among the people of this platform" in page.text
    assert hub.browser("mallory").get("/hub/home").status_code == 401


def test_a_name_in_other_letters_is_another_account(hub):
    hub.pool["Ada"] = ["ml-users"]
    page = hub.browser("Ada").get("/hub/home")
    assert page.status_code == 403
    assert "is not among the people of this platform" in page.text


def test_nobody_is_an_administrator_by_the_pool_alone(hub):
    hub.pool["grace"] = ["ml-users", "ml-admins"]
    page = hub.browser("grace").get("/hub/home")
    hub.pool["grace"] = ["ml-users"]
    assert page.status_code == 403
    assert "but not in the settings of this stack" in page.text


def test_people_have_no_tokens_that_outlive_their_session(hub, ada):
    for name in ("ada", "grace"):
        browser = get_in(hub.browser(name))
        assert browser.send("POST", f"/hub/api/users/{name}/tokens", {}).status_code == 403


def test_forged_logins_are_refused(hub):
    browser = hub.browser("grace")
    location = browser.get("/hub/oauth_login", allow_redirects=False).headers["Location"]
    assert "code_challenge_method=S256" in location
    back = browser.session.get(location, allow_redirects=False).headers["Location"]
    changed = back[:-4] + "AAAA"
    assert browser.session.get(changed).status_code == 400
    assert hub.browser("grace").session.get(back).status_code == 400
    answer = browser.session.get(f"{hub.url}/hub/api/users", headers={"Authorization": "token made-up"})
    assert answer.status_code == 403


def test_logout_ends_the_session_at_the_pool_too(hub):
    browser = get_in(hub.browser("grace"))
    page = browser.get("/hub/logout")
    assert page.history[1].headers["Location"] == f"{hub.url}/"
    assert page.status_code == 401 and page.url.startswith(hub.login)


def test_a_restart_of_the_hub_leaves_servers_alone(hub, ada):
    before = hub.cluster.pods["user-ada", "notebook"]["metadata"]["uid"]
    hub.restart()
    again = get_in(hub.browser("ada"))
    assert again.running()
    assert hub.cluster.pods["user-ada", "notebook"]["metadata"]["uid"] == before
    assert "1 + 1 = 2" in again.kernel().run("print('1 + 1 =', 1 + 1)")


def test_a_person_without_a_namespace_is_told(hub):
    hub.cluster.allowed.remove("user-grace")
    try:
        grace = get_in(hub.browser("grace"))
        hub.restart()
        event = grace.start()
        assert event["failed"]
        assert '"user-grace" is not there' in event["message"]
    finally:
        hub.cluster.allowed.add("user-grace")
    # Once the namespace exists, nothing of the failure remains.
    assert grace.start().get("ready")
    assert grace.stop() is not None


def test_idle_servers_end_and_busy_ones_do_not(hub, ada):
    grace = get_in(hub.browser("grace"))
    assert grace.start().get("ready")
    kernel = grace.kernel()
    kernel.begin("import time; time.sleep(200)")
    kernel.close()
    ada.kernel().run("1")
    hub.configure(idleMinutes=0.5)
    hub.restart()
    # `look_around` acts like an open tab of JupyterLab.
    assert ada.wait_stopped(90, ada.look_around) is not None, hub.log()[-3000:]
    assert grace.running()
    hub.configure(idleMinutes=30)
    hub.restart()


def test_a_removed_person_gets_in_nowhere_and_their_server_ends(hub, ada):
    person = [{"name": "grace", "email": "g@your-company.com", "group": "ml-users"}]
    hub.pool.pop("ada")
    hub.configure(users=person)
    hub.restart()
    page = ada.get("/hub/home")
    assert page.status_code == 401 and page.url.startswith(hub.login)
    assert ada.get("/user/ada/api/kernels").status_code in (401, 403, 404)
    for _ in range(60):
        if ("user-ada", "notebook") not in hub.cluster.pods:
            break
        time.sleep(0.5)
    assert ("user-ada", "notebook") not in hub.cluster.pods
    assert "no longer among the people" in hub.log()
