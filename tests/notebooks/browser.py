"""A person's actions in a browser: log in, start a server, run code in a notebook, stop."""

import json
import re
import time
import uuid
from urllib.parse import urlsplit

import requests
import websocket


class Browser:
    """Browser with its own cookies.

    On the user pool's pages the cookie `login` replaces a form with the right password.
    """

    def __init__(self, hub, login, person, ca=None):
        self.hub, self.person, self.ca = hub.rstrip("/"), person, ca
        self.session = requests.Session()
        self.session.verify = ca or True
        self.session.cookies.set("login", person, domain=urlsplit(login).hostname)

    def get(self, path, **options):
        return self.session.get(self.hub + path, timeout=60, **options)

    def send(self, method, path, body=None, below="/hub/"):
        """Sends a request that changes something, with the token against forged requests."""
        headers = {"X-XSRFToken": self._xsrf(below)}
        return self.session.request(method, self.hub + path, headers=headers, json=body, timeout=60)

    def start(self, options=None, seconds=300):
        """Starts the person's server; returns the hub's last message about it.

        Fails after `seconds`: the hub itself waits for ten minutes, and says so every few seconds.
        """
        deadline = time.monotonic() + seconds
        path = f"/hub/api/users/{self.person}/server"
        while time.monotonic() < deadline:
            answer = self.send("POST", path, options or {})
            if answer.status_code == 400 and "pending stop" in answer.text:
                time.sleep(0.5)  # what is left of the one before goes
                continue
            if answer.status_code not in (201, 202):
                return {"failed": True, "message": f"{answer.status_code} {answer.text}"}
            with self.get(f"{path}/progress", stream=True) as progress:
                if progress.status_code == 400:
                    continue  # it has failed already: the hub tells only who listens meanwhile
                progress.raise_for_status()
                events = []
                for line in progress.iter_lines():
                    if line.startswith(b"data:"):
                        events.append(json.loads(line[5:]))
                    if time.monotonic() > deadline:
                        raise RuntimeError(f"no server of {self.person} after {seconds} s: {events}")
            return events[-1]
        raise RuntimeError(f"the hub tells nothing about the server of {self.person}")

    def stop(self):
        self.send("DELETE", f"/hub/api/users/{self.person}/server")
        return self.wait_stopped(60)

    def running(self):
        answer = self.get(f"/hub/api/users/{self.person}")
        if not answer.ok:  # an error has no servers either
            raise RuntimeError(f"{answer.status_code} {answer.text}")
        return bool(answer.json().get("servers"))

    def wait_stopped(self, seconds, meanwhile=lambda: None):
        """Returns the seconds until the server has stopped; `None` if it still runs."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if not self.running():
                return time.monotonic() - began
            meanwhile()
            time.sleep(1)
        return None

    def look_around(self):
        """Sends the requests that an open tab of JupyterLab sends by itself."""
        for what in ("kernels", "sessions", "terminals", "contents?content=1"):
            self.get(f"/user/{self.person}/api/{what}")

    def kernel(self):
        """Starts a kernel and returns the connection to it.

        The server picks free ports for a kernel, which another process may take before the kernel does. Such
        a kernel is silent, and a person starts another one.
        """
        base = f"/user/{self.person}/"
        self.get(f"{base}lab").raise_for_status()
        silent = []
        for _ in range(3):
            answer = self.send("POST", f"{base}api/kernels", {"name": "python3"}, below=base)
            answer.raise_for_status()
            path = f"{base}api/kernels/{answer.json()['id']}"
            kernel = Kernel(self._socket(f"{path}/channels", base))
            if kernel.answers_within(60):
                return kernel
            silent.append(self.get(path).text)
            kernel.close()
        raise RuntimeError(f"no kernel says anything: {silent}")

    def terminal(self):
        """Opens a terminal, which then does nothing."""
        base = f"/user/{self.person}/"
        self.get(f"{base}lab").raise_for_status()
        return self.send("POST", f"{base}api/terminals", {}, below=base)

    def _socket(self, path, base):
        request = requests.Request("GET", self.hub + base).prepare()
        return websocket.create_connection(
            self.hub.replace("http", "ws", 1) + path,
            timeout=120,
            origin=self.hub,
            cookie=requests.cookies.get_cookie_header(self.session.cookies, request),
            sslopt={"ca_certs": self.ca} if self.ca else {},
        )

    def _xsrf(self, below):
        for cookie in self.session.cookies:
            if cookie.name == "_xsrf" and cookie.path == below:
                return cookie.value
        return ""


def get_in(browser):
    """Logs in, and returns the browser."""
    page = browser.get("/hub/home")
    assert page.ok, page.text
    return browser


class Kernel:
    """Connection to a kernel, over the WebSocket that JupyterLab uses."""

    def __init__(self, socket):
        self.socket = socket
        self.socket.settimeout(1)

    def answers_within(self, seconds):
        """Asks until the kernel says what it does: while it starts, what it says of a message may be lost."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if any(kind == "status" for kind, _ in self.answers(self.send("kernel_info_request"), 5)):
                    return True
            except TimeoutError:
                pass
        return False

    def send(self, kind, **content):
        """Sends a message to the kernel; returns the ID that its answers refer to."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": uuid.uuid4().hex}
        header |= {"username": "", "version": "5.3"}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        self.socket.send(json.dumps({**message, "content": content}))
        return header["msg_id"]

    def answers(self, sent, seconds=120):
        """Kind and content of the kernel's answers to a message, as they arrive, for so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                answer = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                continue
            if answer["parent_header"].get("msg_id") == sent:
                yield answer["msg_type"], answer["content"]
        raise TimeoutError(f"no further answer of the kernel within {seconds} s")

    def execute(self, code):
        """Sends code to the kernel; returns the ID that its answers refer to."""
        return self.send("execute_request", code=code, silent=False)

    def begin(self, code):
        """Starts code, and returns once the kernel is busy with it."""
        for kind, content in self.answers(self.execute(code)):
            if kind == "status" and content["execution_state"] == "busy":
                return

    def run(self, code):
        """Runs code and returns its output, including errors."""
        printed = ""
        for kind, content in self.answers(self.execute(code)):
            if kind == "stream":
                printed += content["text"]
            elif kind == "error":
                printed += re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(content["traceback"]))
            elif kind == "status" and content["execution_state"] == "idle":
                return printed

    def close(self):
        self.socket.close()
