"""Performs one act of a day with notebooks, at any hub: day.py ACT PERSON. Prints the result as JSON.

HUB and LOGIN are the addresses of the hub and the login pages. CA_FILE, if set, has the authority of
their certificates. PACKAGES is a folder with the packages that this program needs, if Python lacks them.
"""

import json
import os
import sys
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

if "PACKAGES" in os.environ:
    sys.path.insert(0, os.environ["PACKAGES"])

import requests
from browser import Browser

HUB, LOGIN = os.environ["HUB"], os.environ["LOGIN"]
CA = os.environ.get("CA_FILE")

# Prints the notebook's identity and its rights, one per line.
NOTEBOOK = """
import base64, json, os, socket, boto3, psycopg

def attempt(what, act):
    try:
        print(what + ":", act())
    except Exception as error:
        print(what + ": refused", type(error).__name__, str(error).split("\\n")[0])

with open(os.environ["AWS_WEB_IDENTITY_TOKEN_FILE"]) as file:
    claims = json.loads(base64.urlsafe_b64decode(file.read().split(".")[1] + "=="))
print("account:", claims["sub"], claims["aud"])
print("role:", boto3.client("sts").get_caller_identity()["Arn"])
me = os.environ["JUPYTERHUB_USER"]
s3, key = boto3.client("s3"), f"users/{me}/note.txt"
s3.put_object(Bucket=os.environ["BUCKET"], Key=key, Body=b"a note")
print("bucket:", s3.get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read().decode())
host, port = os.environ["DATABASE_HOST"], int(os.environ["DATABASE_PORT"])
password = boto3.client("rds").generate_db_auth_token(host, port, me)

def session(user, database=os.environ["DATABASE_NAME"]):
    return psycopg.connect(host=host, port=port, user=user, dbname=database, password=password)

with session(me) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS shared.notes (person text DEFAULT current_user, note text)")
    connection.execute("GRANT SELECT, INSERT ON shared.notes TO platform_people")
    connection.execute("INSERT INTO shared.notes (note) VALUES ('a row')")
    print("row:", connection.execute("SELECT person, note FROM shared.notes WHERE person = current_user").fetchone())
    print("tls:", connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone())
attempt("as another", lambda: session("OTHER"))
attempt("the hub's database", lambda: session(me, "jupyterhub"))
print("kubernetes token:", os.path.exists("/var/run/secrets/kubernetes.io"))
with open("kept.txt", "a") as file:
    file.write(me)
print("kept:", open("kept.txt").read(), os.path.ismount(os.path.expanduser("~")))
"""


def browser(person):
    return Browser(HUB, LOGIN, person, CA)


def logged_in(person):
    it = browser(person)
    page = it.get("/hub/home")
    if page.status_code != 200:
        raise RuntimeError(f"{person} is not logged in: {page.status_code} {page.url}")
    return it


def come_in(person):
    """Logs in; returns the page at which the login ends."""
    page = browser(person).get("/hub/home")
    return {"status": page.status_code, "url": page.url, "text": page.text}


def work(person):
    """Logs in, starts a server, runs a notebook."""
    it = logged_in(person)
    event = it.start()
    if not it.running():
        return {"event": event}
    kernel = it.kernel()
    other = "grace" if person == "ada" else "ada"
    printed = kernel.run(NOTEBOOK.replace("OTHER", other))
    kernel.close()
    cookies = {one.name: one.expires for one in it.session.cookies if one.path == "/hub/"}
    return {"event": event, "printed": printed, "cookies": cookies}


def start(person, size=None):
    it = logged_in(person)
    return it.start({"profile": size} if size else {})


def stop(person):
    it = logged_in(person)
    return {"seconds": it.stop()}


def running(person):
    it = logged_in(person)
    return {"running": it.running()}


def compute(person, seconds):
    """Starts a kernel that computes for `seconds` without output, and closes the tab."""
    it = logged_in(person)
    kernel = it.kernel()
    kernel.begin(f"import time; time.sleep({seconds})")
    kernel.close()
    return {}


def wait(person, seconds):
    """Waits until the server has stopped, with an open tab of JupyterLab that only polls."""
    it = logged_in(person)
    it.get(f"/user/{person}/lab")
    return {"seconds": it.wait_stopped(float(seconds), it.look_around)}


def outlast(person, seconds):
    """Uses a session until the hub ends it, then tries once more."""
    it = logged_in(person)
    deadline = time.monotonic() + float(seconds)
    while time.monotonic() < deadline:
        try:
            if it.session.get(f"{HUB}/hub/home", allow_redirects=False, timeout=5).status_code == 302:
                break
        except requests.RequestException:
            pass  # the hub restarts meanwhile
        time.sleep(1)
    page = it.get("/hub/home")
    server = it.get(f"/user/{person}/api/kernels")
    return {"page": page.status_code, "url": page.url, "server": server.status_code}


def visit(person, whose):
    """Tries to access another person's server in every way."""
    it = logged_in(person)
    page = it.get(f"/user/{whose}/lab")
    kernels = it.get(f"/user/{whose}/api/kernels")
    token = it.send("POST", f"/hub/api/users/{whose}/tokens", {"note": "mine"})
    start_it = it.send("POST", f"/hub/api/users/{whose}/server", {})
    users = it.get("/hub/api/users")
    return {
        "page": page.status_code,
        "kernels": kernels.status_code,
        "token": token.status_code,
        "start": start_it.status_code,
        "users": [user["name"] for user in users.json()] if users.ok else users.status_code,
        "admin page": it.get("/hub/admin").status_code,
    }


def end(person, whose):
    """Stops another person's server; administrators may."""
    it = logged_in(person)
    return {"status": it.send("DELETE", f"/hub/api/users/{whose}/server").status_code}


def forge(person):
    """Tries a changed state, a login of another browser, a made-up code and a made-up token."""
    it = browser(person)
    answer = it.get("/hub/oauth_login", allow_redirects=False)
    query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    at_login = it.session.get(answer.headers["Location"], allow_redirects=False, timeout=60)
    back = dict(parse_qsl(urlsplit(at_login.headers["Location"]).query))
    callback = "/hub/oauth_callback?"
    changed = it.get(callback + urlencode({**back, "state": back["state"][:-2] + "AA"}))
    stranger = Browser(HUB, LOGIN, person, CA).get(callback + urlencode(back))
    made_up = it.get(callback + urlencode({**back, "code": "00000000-0000-0000-0000-000000000000"}))
    token = it.session.get(
        f"{HUB}/hub/api/users", headers={"Authorization": "token 0123456789abcdef"}, cookies={}, timeout=60
    )
    return {
        "pkce": query.get("code_challenge_method"),
        "changed state": changed.status_code,
        "another browser": stranger.status_code,
        "made-up code": made_up.status_code,
        "made-up token": token.status_code,
    }


def leave(person):
    """Logs out of the hub and of the user pool."""
    it = logged_in(person)
    page = it.get("/hub/logout")
    hops = [one.headers.get("Location", "") for one in page.history]
    return {"status": page.status_code, "url": page.url, "hops": hops}


if __name__ == "__main__":
    act, *given = sys.argv[1:]
    print(json.dumps(globals()[act](*given)))
