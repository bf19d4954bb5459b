"""Fake login pages of a user pool: code flow with PKCE, and ID tokens with Cognito's claims.

The cookie `login` replaces a form with the right password.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt


def serve(port, client, callback, people):
    """Serves the pages to `people`, by name with their groups; returns a function that stops the pages."""
    codes = {}

    class Pages(BaseHTTPRequestHandler):
        def answer(self, status, body="", **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_GET(self):
            url = urlsplit(self.path)
            query = dict(parse_qsl(url.query))
            if query.get("client_id") != client["id"]:
                return self.answer(400, "unauthorized_client")
            if url.path == "/logout":
                return self.answer(302, Location=query["logout_uri"], Set_Cookie="login=; Max-Age=0; Path=/")
            if query["redirect_uri"] != callback:
                return self.answer(400, "redirect_mismatch")
            person = SimpleCookie(self.headers.get("Cookie")).get("login")
            if person is None or person.value not in people:
                return self.answer(401, "Incorrect username or password.")
            code = secrets.token_hex()
            codes[code] = person.value, query["code_challenge"]
            self.answer(302, Location=f"{callback}?{urlencode({'code': code, 'state': query['state']})}")

        def do_POST(self):
            body = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            person, challenge = codes.pop(body.get("code"), (None, None))
            digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
            good = (body.get("client_id"), body.get("client_secret")) == (client["id"], client["secret"])
            if not good or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                return self.answer(400, json.dumps({"error": "invalid_grant"}))
            now = int(time.time())
            claims = {"aud": client["id"], "exp": now + 3600, "iat": now, "token_use": "id", "sub": "1"}
            claims["cognito:username"] = person
            if people[person]:  # Cognito omits the claim for people in no group
                claims["cognito:groups"] = people[person]
            token = jwt.encode(claims, "0" * 32, "HS256")
            answer = {"access_token": "a", "id_token": token, "token_type": "Bearer", "expires_in": 3600}
            self.answer(200, json.dumps(answer), Content_Type="application/json")

        def log_message(self, form, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.shutdown
