//! What steps look like.

/// One line for each form at least.
pub(super) const EXAMPLES: &str = r#"waybill runs with SEND_RATE_PER_SENDER=20
phone asha +9779800000001 "Asha"
asha writes "hi"
asha sends image "look"
asha sends location 27.7172,85.3240 "Thamel"
asha sends kind "order"
asha taps "Yes"
asha chooses "My order"
asha replies to last "that one"
asha comes from ad "Sale" and writes "hi"
asha gets "Welcome"
asha gets "Welcome" within 30 s
asha gets nothing for 3s
asha has 3 messages
asha goes offline
asha comes online
asha blocks us
asha hides read receipts
asha's clock moves 25h
operator sends asha "Your order left" as note
operator sends asha 20 times "News" as news
operator sends asha template order_update 1="Asha" 2="1042" as update
operator cannot send asha "Hello again" WINDOW_CLOSED
operator retries note
note becomes READ within 30s
10 of note become FAILED 63018
note stays FAILED 63016 for 2s
note has 1 attempt
timeline of note holds READ before SENT
the log holds 1 message from asha
twilio answers 503 for next 3
twilio answers 503 for 3s
twilio is busy for next 5
twilio is busy for 3s
twilio refuses next 1 with 21211
twilio drops next 2
twilio drops for 3s
twilio takes and drops next 2
twilio hangs for next 1
twilio is well again
next 10 messages fail with 63018
next message ends as undelivered with 63024
next 2 messages end as delivered
callbacks come reversed
callbacks skip delivered
webhooks come twice
webhooks come by get
twilio's window rule is off
twilio's optOut rule is on
twilio's clock is ahead by 2h
shop has 1 of TEA-ILAM
0 of TEA-ILAM are left
shop holds 1 order of asha
order of asha is SHIPPED
operator advances order of asha
operator cancels order of asha "No driver today"
operator hands asha back
wait 500ms"#;
