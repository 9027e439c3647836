"""Waybill's own processes under test: started with settings of their own, and ended with the test."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ACCOUNT = "AC00112233445566778899aabbccddeeff"
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SERVICE = "MG00112233445566778899aabbccddeeff"
SENDER = "whatsapp:+14155238886"
PUBLIC_URL = "https://wa.example.com"
ROUTE = "/api/v1/whatsapp/webhook"
PATIENCE = 30

_BUILT = pathlib.Path(__file__).parents[2] / "target/debug/waybill"
_BINARY = os.environ.get("WAYBILL_BIN", str(_BUILT))
# Straight to this machine, whatever proxy the environment names.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Process:
    """`waybill` with some arguments, in a folder of its own."""

    def __init__(self, *arguments, **settings):
        self.folder = tempfile.mkdtemp(prefix="waybill-clients-")
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {**keep, **settings}
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.child = subprocess.Popen(
            [_BINARY, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self._lines = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def printed(self, beginning):
        """The rest of the first line that begins so, as soon as it is printed."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while True:
                for line in self._lines:
                    if line.startswith(beginning):
                        return line.removeprefix(beginning).strip()
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise AssertionError(f"no line {beginning!r}: {self._lines} {self._errors()}")
                self._news.wait(min(left, 0.2))

    def run(self, *arguments):
        """What another command prints with the same settings, beside this process."""
        command = [_BINARY, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def end(self):
        """Asks it to stop, and removes what it leaves."""
        self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self._reader.join()
        self.child.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self):
        for line in self.child.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _errors(self):
        self.log.seek(0)
        return self.log.read()[-2_000:]


class Simulator(Process):
    """A simulated Twilio for our account."""

    def __init__(self, webhook_url="http://127.0.0.1:9/"):
        super().__init__(
            "simulator",
            *("--port", "0", "--webhook-url", webhook_url),
            *("--account-sid", ACCOUNT, "--auth-token", TOKEN),
        )
        self.url = self.printed("TWILIO_API_BASE_URL=")
        self._let_everybody_be_written_to()

    def _let_everybody_be_written_to(self):
        """Nobody has written to us in these tests: the rule of the 24 hours is not what they ask for."""
        headers = {"Content-Type": "application/json"}
        rules = json.dumps({"rules": {"window": False}}).encode()
        request = urllib.request.Request(f"{self.url}/simulator/world", rules, headers, method="PATCH")
        try:
            _OPENER.open(request, timeout=PATIENCE).close()
        except urllib.error.HTTPError as unknown:
            # A simulator without this rule.
            if unknown.code not in (404, 405):
                raise
            unknown.close()


class Server(Process):
    """A server that takes a simulator for Twilio, and is called by its public name."""

    def __init__(self, twilio_url, **settings):
        self.port = _free_port()
        own = {
            "PORT": str(self.port),
            "DATA_DIR": "data",
            "LOG_DIR": "logs",
            "TWILIO_API_BASE_URL": twilio_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "PUBLIC_URL": PUBLIC_URL,
        }
        super().__init__("serve", **{**own, **settings})
        self.printed("Webhook")
        self.token = self.run("token", "create", "--name", "clients", "--scope", "send")

    def post(self, path, body, **headers):
        """Posts bytes; the answer's status, type and text."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask(urllib.request.Request(self._url(path), body, headers, method="POST"))

    def get(self, path, **headers):
        """The same without a body."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask(urllib.request.Request(self._url(path), headers=headers))

    def query(self, text):
        """The data of a GraphQL query."""
        body = json.dumps({"query": text}).encode()
        authorization = f"Bearer {self.token}"
        status, _, answer = self.post(
            "/graphql", body, Content_Type="application/json", Authorization=authorization
        )
        answer = json.loads(answer)
        if status != 200 or "errors" in answer:
            raise AssertionError(f"{status} {answer}")
        return answer["data"]

    def _url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    @staticmethod
    def _ask(request):
        try:
            answer = _OPENER.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()


def eventually(look, what):
    """What a look returns, as soon as it returns something."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.05)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
