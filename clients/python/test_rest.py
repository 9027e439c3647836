"""Twilio's own client finds in the simulator the Twilio that it knows."""

import datetime
import http.server
import re
import threading
import unittest
import urllib.parse

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from running import ACCOUNT, SENDER, SERVICE, TOKEN, Simulator, eventually

SID = re.compile("^(SM|MM)[0-9a-f]{32}$")
FINAL = ("delivered", "read", "undelivered", "failed", "canceled")
NOBODY = "SM" + "0" * 32


class Callbacks(http.server.ThreadingHTTPServer):
    """Where the simulator's callbacks go: keeps them if Twilio's validator finds them right."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Callback)
        self.url = f"http://127.0.0.1:{self.server_port}/status?of=tests"
        self.told = []
        self.forged = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()

    def statuses(self, sid):
        return [it["MessageStatus"] for it in self.told if it["MessageSid"] == sid]


class _Callback(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        signature = self.headers["X-Twilio-Signature"]
        is_right = RequestValidator(TOKEN).validate(self.server.url, form, signature)
        (self.server.told if is_right else self.server.forged).append(form)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Rest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.callbacks = Callbacks()
        cls.addClassCleanup(cls.callbacks.end)
        cls.simulator = Simulator()
        cls.addClassCleanup(cls.simulator.end)
        cls.client = cls.client_with(TOKEN)

    @classmethod
    def client_with(cls, token, account=ACCOUNT):
        client = Client(account, token)
        client.api.base_url = cls.simulator.url
        return client

    def send(self, to="whatsapp:+9779800000001", body="hi", **more):
        more = {"from_": SENDER, "status_callback": self.callbacks.url, **more}
        return self.client.messages.create(to=to, body=body, **more)

    def final(self, sid):
        """A message that has ended, or nearly so: from then on it may be changed and deleted."""

        def look():
            message = self.client.messages(sid).fetch()
            return message if message.status in FINAL else None

        return eventually(look, f"{sid} ends")

    def refusal(self, call):
        """HTTP status and code of a call that is refused."""
        with self.assertRaises(TwilioRestException) as refused:
            call()
        self.assertTrue(refused.exception.msg)
        return refused.exception.status, refused.exception.code

    def test_a_message_is_sent_and_fetched_as_what_it_is(self):
        body = "Olá 👋🏽 50% + 10€ & mais\nनमस्ते"
        before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        sent = self.send(body=body)
        self.assertRegex(sent.sid, SID)
        self.assertEqual(sent.status, "queued")
        self.assertEqual((sent.account_sid, sent.api_version), (ACCOUNT, "2010-04-01"))
        self.assertEqual((sent.from_, sent.to), (SENDER, "whatsapp:+9779800000001"))
        self.assertEqual((sent.body, sent.direction), (body, "outbound-api"))
        self.assertEqual((sent.num_media, sent.num_segments), ("0", "1"))
        self.assertIsNone(sent.error_code)
        self.assertIsNone(sent.error_message)
        self.assertIsNone(sent.messaging_service_sid)
        self.assertGreaterEqual(sent.date_created, before)
        self.assertEqual(sent.uri, f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.sid}.json")
        self.assertIn("media", sent.subresource_uris)
        fetched = self.client.messages(sent.sid).fetch()
        self.assertEqual((fetched.sid, fetched.body), (sent.sid, body))
        self.assertEqual(fetched.date_created, sent.date_created)

    def test_its_callbacks_are_signed_as_twilios(self):
        sent = self.send(body="with callbacks")
        eventually(lambda: "read" in self.callbacks.statuses(sent.sid), "it is read")
        statuses = self.callbacks.statuses(sent.sid)
        self.assertEqual([it for it in statuses if it in ("sent", "delivered", "read")], ["sent", "delivered", "read"])
        self.assertEqual(self.callbacks.forged, [])
        fetched = self.client.messages(sent.sid).fetch()
        self.assertEqual(fetched.status, "read")
        self.assertIsNotNone(fetched.date_sent)

    def test_a_list_is_read_over_all_its_pages(self):
        to = "whatsapp:+9779800000060"
        sent = [self.send(to=to, body=f"number {number}").sid for number in range(60)]
        found = self.client.messages.list(to=to)
        self.assertEqual(sorted(it.sid for it in found), sorted(sent))
        for size in (7, 25, 50, 1_000):
            with self.subTest(page_size=size):
                found = [it.sid for it in self.client.messages.stream(to=to, page_size=size)]
                self.assertEqual(len(found), len(set(found)))
                self.assertEqual(set(found), set(sent))
        self.assertEqual(len(self.client.messages.list(to=to, limit=55)), 55)
        first = self.client.messages.page(to=to, page_size=40)
        self.assertEqual(len(list(first)), 40)
        second = first.next_page()
        self.assertEqual(len(list(second)), 20)
        self.assertIsNone(second.next_page())
        self.assertEqual(len(list(second.previous_page())), 40)
        self.assertEqual(self.client.messages.list(to="whatsapp:+9779899999999"), [])

    def test_a_list_is_narrowed_to_a_day(self):
        to = "whatsapp:+9779800000061"
        sent = self.send(to=to, body="today").sid
        self.final(sent)
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        sids = lambda **when: [it.sid for it in self.client.messages.list(to=to, **when)]
        self.assertEqual(sids(date_sent_after=now - day), [sent])
        self.assertEqual(sids(date_sent_before=now + day), [sent])
        self.assertEqual(sids(date_sent_before=now - 2 * day), [])
        self.assertEqual(sids(date_sent_after=now + 2 * day), [])

    def test_a_messaging_service_accepts_first(self):
        sent = self.client.messages.create(
            to="whatsapp:+9779800000002", body="by a service", messaging_service_sid=SERVICE
        )
        self.assertEqual((sent.status, sent.messaging_service_sid), ("accepted", SERVICE))

    def scheduled(self):
        in_an_hour = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        return self.client.messages.create(
            to="whatsapp:+9779800000003",
            body="later",
            messaging_service_sid=SERVICE,
            schedule_type="fixed",
            send_at=in_an_hour,
            status_callback=self.callbacks.url,
        )

    def test_a_scheduled_message_is_canceled_and_stays_so(self):
        sent = self.scheduled()
        self.assertEqual(sent.status, "scheduled")
        canceled = self.client.messages(sent.sid).update(status="canceled")
        self.assertEqual((canceled.sid, canceled.status), (sent.sid, "canceled"))
        self.assertEqual(self.client.messages(sent.sid).fetch().status, "canceled")

    def test_what_left_can_not_be_canceled(self):
        sent = self.send(body="gone")
        self.final(sent.sid)
        _, code = self.refusal(lambda: self.client.messages(sent.sid).update(status="canceled"))
        self.assertEqual(code, 30409)

    def test_a_body_is_redacted_and_only_that(self):
        sent = self.send(body="a secret")
        self.final(sent.sid)
        redacted = self.client.messages(sent.sid).update(body="")
        self.assertEqual((redacted.sid, redacted.body), (sent.sid, ""))
        fetched = self.client.messages(sent.sid).fetch()
        self.assertEqual((fetched.body, fetched.to), ("", "whatsapp:+9779800000001"))
        _, code = self.refusal(lambda: self.client.messages(sent.sid).update(body="other words"))
        self.assertEqual(code, 30400)

    def test_a_message_is_deleted_once_it_ended(self):
        sent = self.send(body="to be forgotten")
        self.final(sent.sid)
        self.assertTrue(self.client.messages(sent.sid).delete())
        self.assertEqual(self.refusal(self.client.messages(sent.sid).fetch), (404, 20404))
        self.assertEqual(self.refusal(self.client.messages(sent.sid).delete), (404, 20404))
        self.assertNotIn(sent.sid, [it.sid for it in self.client.messages.list()])

    def test_a_message_that_waits_is_not_deleted(self):
        waits = self.scheduled()
        _, code = self.refusal(self.client.messages(waits.sid).delete)
        self.assertEqual(code, 20009)
        self.assertEqual(self.client.messages(waits.sid).fetch().status, "scheduled")

    def test_a_bad_number_is_21211(self):
        for to in ("whatsapp:+123", "whatsapp:+15005550001"):
            with self.subTest(to=to):
                self.assertEqual(self.refusal(lambda: self.send(to=to)), (400, 21211))

    def test_an_opted_out_number_is_21610(self):
        opted_out = lambda: self.send(to="whatsapp:+15005550004")
        self.assertEqual(self.refusal(opted_out), (400, 21610))

    def test_a_text_that_is_missing_or_too_long_has_its_own_code(self):
        self.assertEqual(self.refusal(lambda: self.send(body="x" * 1_601)), (400, 21617))
        nothing = lambda: self.client.messages.create(to="whatsapp:+9779800000001", from_=SENDER)
        self.assertEqual(self.refusal(nothing)[0], 400)
        self.assertEqual(self.send(body="x" * 1_600).status, "queued")

    def test_a_wrong_token_is_20003(self):
        for token in ("f" * 32, TOKEN.upper(), f"{TOKEN} "):
            with self.subTest(token=token):
                stranger = self.client_with(token)
                self.assertEqual(self.refusal(stranger.messages(NOBODY).fetch), (401, 20003))
                create = lambda: stranger.messages.create(to="whatsapp:+9779800000001", from_=SENDER, body="x")
                self.assertEqual(self.refusal(create), (401, 20003))
                # Of a list the library says no more than this.
                with self.assertRaisesRegex(TwilioException, "HTTP 401.*20003"):
                    stranger.messages.list()
        other = self.client_with(TOKEN, "AC" + "9" * 32)
        self.assertEqual(self.refusal(other.messages(NOBODY).fetch), (401, 20003))

    def test_an_unknown_message_is_20404(self):
        self.assertEqual(self.refusal(self.client.messages(NOBODY).fetch), (404, 20404))
        self.assertEqual(self.refusal(lambda: self.client.messages(NOBODY).update(body="")), (404, 20404))
        self.assertEqual(self.refusal(self.client.messages(NOBODY).delete), (404, 20404))

    def test_a_page_too_large_is_20007(self):
        with self.assertRaisesRegex(TwilioException, "HTTP 400.*20007"):
            self.client.messages.page(page_size=1_001)


if __name__ == "__main__":
    unittest.main()
