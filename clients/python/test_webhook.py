"""What Twilio's own validator signs is let in by a running server, and nothing that differs from it."""

import hashlib
import json
import unittest
import urllib.parse

from twilio.request_validator import HMAC_SHA256, RequestValidator

from running import ACCOUNT, PUBLIC_URL, ROUTE, SENDER, TOKEN, Server, Simulator, eventually

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
SHARED_KEY = "webhooks_sharedkey_made_up"
SHARED_SECRET = "a secret that was made up"


class Form(dict):
    """A form with repeated keys, as web frameworks hand it to the validator."""

    def __init__(self, pairs):
        super().__init__()
        for key, value in pairs:
            self.setdefault(key, []).append(value)

    def getlist(self, key):
        return self[key]


def message(number, body, *more):
    sid = f"SM{number:032x}"
    pairs = [
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("AccountSid", ACCOUNT),
        ("From", "whatsapp:+9779800000001"),
        ("To", SENDER),
        ("Body", body),
        ("NumMedia", "0"),
        ("ProfileName", "आशा 🦊"),
    ]
    return [*pairs, *more]


class Webhook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator()
        cls.addClassCleanup(cls.simulator.end)
        shared = f"{SHARED_KEY}={SHARED_SECRET}"
        cls.server = Server(cls.simulator.url, TWILIO_SHARED_KEYS=shared)
        cls.addClassCleanup(cls.server.end)

    def setUp(self):
        self.validator = RequestValidator(TOKEN)

    def signature(self, path, pairs=()):
        return self.validator.compute_signature(PUBLIC_URL + path, Form(pairs))

    def post(self, pairs, signature, path=ROUTE, **headers):
        body = urllib.parse.urlencode(pairs).encode()
        headers = {"Content_Type": FORM, "X_Twilio_Signature": signature, **headers}
        return self.server.post(path, body, **headers)

    def stored(self, body):
        query = "{ messages(first: 100) { nodes { direction body } } }"
        found = self.server.query(query)["messages"]["nodes"]
        return [it for it in found if it["direction"] == "INBOUND" and it["body"] == body]

    def test_forms_are_let_in_and_kept_as_they_were_written(self):
        for number, body in enumerate(
            [
                "Olá 👋🏽 50% + 10€ & mais\nlinha 2 ",
                "  leading and trailing  ",
                "नमस्ते, के छ?",
                "مرحبا\u200f بالعالم",
                "a=b&c=%41;d+e",
            ],
            start=1,
        ):
            with self.subTest(body=body):
                pairs = message(number, body, ("ButtonText", ""), ("Unheard", "of"))
                status, kind, answer = self.post(pairs, self.signature(ROUTE, pairs))
                self.assertEqual(status, 200)
                self.assertTrue(kind.startswith("text/xml"), kind)
                self.assertTrue(answer.endswith("<Response/>"), answer)
                eventually(lambda: self.stored(body), "the message is stored")

    def test_repeated_keys_are_let_in(self):
        more = [("Tag", "b"), ("Tag", "a"), ("Tag", "b"), ("tag", "c"), ("MediaUrl10", "x"), ("MediaUrl2", "y")]
        pairs = message(20, "repeated", *more)
        self.assertEqual(self.post(pairs, self.signature(ROUTE, pairs))[0], 200)

    def test_a_query_is_part_of_what_is_signed(self):
        path = "/api/v1/whatsapp/status?message=msg_unknown&attempt=1"
        pairs = [("MessageSid", "SM" + "1" * 32), ("MessageStatus", "delivered"), ("ErrorCode", "")]
        signature = self.signature(path, pairs)
        self.assertEqual(self.post(pairs, signature, path)[0], 200)
        self.assertEqual(self.post(pairs, signature, path.replace("=1", "=2"))[0], 403)

    def test_every_mutation_is_refused(self):
        pairs = message(30, "as it was", ("ButtonText", ""))
        signature = self.signature(ROUTE, pairs)
        mutations = {
            "another value": [*pairs[:5], ("Body", "as it is"), *pairs[6:]],
            "a space more": [*pairs[:5], ("Body", "as it was "), *pairs[6:]],
            "another key": [("Messagesid", pairs[0][1]), *pairs[1:]],
            "a pair less": pairs[1:],
            "a blank pair less": pairs[:-1],
            "a pair more": [*pairs, ("More", "")],
            "a value more": [*pairs, ("Body", "")],
            "nothing": [],
        }
        for what, mutated in mutations.items():
            with self.subTest(what):
                self.assertEqual(self.post(mutated, signature)[0], 403)
        for wrong in ["", "x", signature.lower(), signature[:-1], f"{signature}=", self.signature(ROUTE)]:
            with self.subTest(signature=wrong):
                self.assertEqual(self.post(pairs, wrong)[0], 403)
        other = RequestValidator("f" * 32).compute_signature(PUBLIC_URL + ROUTE, Form(pairs))
        self.assertEqual(self.post(pairs, other)[0], 403)
        self.assertEqual(self.stored("as it was"), [])
        self.assertEqual(self.post(pairs, signature)[0], 200)

    def test_both_forms_of_the_port_are_let_in(self):
        pairs = message(40, "ports")
        for port, expected in [("", 200), (":443", 200), (":8443", 403)]:
            with self.subTest(port=port):
                url = f"{PUBLIC_URL}{port}{ROUTE}"
                signature = self.validator.compute_signature(url, Form(pairs))
                self.assertEqual(self.post(pairs, signature)[0], expected)

    def test_a_message_by_get_is_let_in(self):
        path = f"{ROUTE}?{urllib.parse.urlencode(message(50, 'by GET ✓'))}"
        signature = self.signature(path)
        self.assertEqual(self.server.get(path, X_Twilio_Signature=signature)[0], 200)
        eventually(lambda: self.stored("by GET ✓"), "the message is stored")
        self.assertEqual(self.server.get(f"{path}x", X_Twilio_Signature=signature)[0], 403)

    def test_json_is_let_in_with_its_digest(self):
        data = {"messageSid": "SM" + "2" * 32, "accountSid": ACCOUNT, "messageStatus": "DELIVERED"}
        event = {"specversion": "1.0", "type": "com.twilio.messaging.message.delivered", "data": data}
        for body in [json.dumps(event), json.dumps([event, event]), '{"text":"naïve ✓"}']:
            with self.subTest(body=body):
                path = f"{ROUTE}?bodySHA256={self.validator.compute_hash(body)}"
                signature = self.signature(path)
                self.assertTrue(self.validator.validate(PUBLIC_URL + path, body, signature))
                self.assertEqual(self.json(path, body, signature), 200)
                self.assertEqual(self.json(path, body + " ", signature), 403)
                self.assertEqual(self.json(ROUTE, body, self.signature(ROUTE)), 403)
        digest = hashlib.sha256(b"{}").hexdigest()
        self.assertEqual(self.json(f"{ROUTE}?bodySHA256={digest}", "{}", signature), 403)

    def json(self, path, body, signature):
        headers = {"Content_Type": "application/json", "X_Twilio_Signature": signature}
        return self.server.post(path, body.encode(), **headers)[0]

    def test_a_shared_key_signs_by_sha_256(self):
        pairs = message(60, "by a shared key")
        validator = RequestValidator(SHARED_SECRET)
        signature = validator.compute_signature(PUBLIC_URL + ROUTE, Form(pairs), HMAC_SHA256)
        for key, algorithm, expected in [
            (SHARED_KEY, "HMAC_SHA256", 200),
            (SHARED_KEY, "HMAC_SHA1", 403),
            ("webhooks_sharedkey_unknown", "HMAC_SHA256", 403),
        ]:
            with self.subTest(key=key, algorithm=algorithm):
                settings = f"key={key},algorithm={algorithm}"
                headers = {"X_Twilio_Webhooks_Signature_Settings": settings}
                self.assertEqual(self.post(pairs, signature, **headers)[0], expected)
        self.assertEqual(self.post(pairs, signature)[0], 403)
        by_token = self.signature(ROUTE, pairs)
        headers = {"X_Twilio_Webhooks_Signature_Settings": "key=webhooks_sharedkey_unknown"}
        self.assertEqual(self.post(pairs, by_token, **headers)[0], 403)

    def test_an_operator_reads_why_a_request_was_refused(self):
        pairs = message(70, "over http")
        url = PUBLIC_URL.replace("https:", "http:") + ROUTE
        self.assertEqual(self.post(pairs, self.validator.compute_signature(url, Form(pairs)))[0], 403)
        wanted = "set PUBLIC_URL=http://wa.example.com"

        def told():
            refusals = self.server.query("{ webhookRefusals { reason detail } }")["webhookRefusals"]
            return [it for it in refusals if it["reason"] == "WRONG_URL" and wanted in it["detail"]]

        eventually(told, "the refusal is written down")


if __name__ == "__main__":
    unittest.main()
