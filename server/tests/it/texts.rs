//! What each text of the schema tells a viewer: a new field has no row yet, and fails here until somebody has decided.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};

/// Numbers in it are masked for the role VIEWER, or it is not told at all.
const MASKED: &str = "
    Contact: address identities note
    DeliveryAttempt: errorMessage
    LanePause: reason
    Medium: fileName
    Message: from to unknownFields
    MessageEvent: detail
    Order: cancelReason
    QuotedMessage: sender
    SimulatorPhone: address
    WebhookEvent: body error";

/// Only who may ask for the whole object sees it: the table of the roots says who that is.
const BY_ROOT: &str = "
    AuditEntry: action actor actorName after before client target
    AuditEntryEdge: cursor
    BadRow: column message
    ChangeSimulatorWorldPayload: world
    CreateTokenPayload: secret
    OrderTemplate: contentSid language
    PreviewMessagePayload: notes text
    Session: client userAgent
    Token: name prefix
    User: name
    UserLinkPayload: signInPath
    WebhookRefusal: client detail route";

/// Everybody sees it as it is: what was written, names, words of ours, ids of Twilio, cursors.
const SHOWN: &str = "
    Assignee: name
    BulkJob: error
    BulkJobEdge: cursor
    Choice: choiceId description title
    Contact: language name tags
    ContactEdge: cursor
    Conversation: eventCursor sender
    ConversationEdge: cursor
    ConversationEvent: actorName cursor
    DeliveryAttempt: node twilioRequestId twilioSid
    HealthCheck: fix measured name
    LanePause: byName
    LocalizedText: language text
    Location: address label
    Medium: contentType url
    Message: body contentSid contentVariables mediaUrls twilioSid
    MessageConnection: eventCursor
    MessageEdge: cursor
    MessageEvent: cursor
    Money: amount
    NotRetryable: reason
    OrderEdge: cursor
    OrderItem: name sku
    OrderStep: actorName
    PageInfo: endCursor startCursor
    Product: imageUrl name sku
    ProductEdge: cursor
    QuotedMessage: sid
    Referral: body clickId headline sourceId sourceType sourceUrl
    SavedView: name query
    Simulator: world
    SimulatorChoice: description title
    SimulatorMessage: body kind mediaType mediaUrl place replyTo sid status
    SimulatorPhone: name
    Template: body category contentTypes language name rejectionReason samples sid variables
    TwilioError: meaning nextStep
    UserError: field message
    Viewer: name senders version
    WebhookEvent: dedupeKey messageSid
    WebhookEventEdge: cursor
    WorkerNode: version";

fn rows(table: &str) -> impl Iterator<Item = String> {
    table
        .lines()
        .filter_map(|it| it.trim().split_once(": "))
        .flat_map(|(object, fields)| {
            fields
                .split_whitespace()
                .map(move |field| format!("{object}.{field}"))
        })
}

fn is_text(it: &Type) -> bool {
    match &it.base {
        BaseType::Named(name) => matches!(name.as_str(), "String" | "JSON"),
        BaseType::List(items) => is_text(items),
    }
}

/// Every field of an object that is a text or JSON; the roots have a table of their own.
fn texts() -> Vec<String> {
    let document = parse_schema(waybill::graphql::sdl()).unwrap();
    let mut texts = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(it) = definition else {
            continue;
        };
        let name = it.node.name.node;
        let TypeKind::Object(object) = it.node.kind else {
            continue;
        };
        let fields = object
            .fields
            .into_iter()
            .filter(|it| is_text(&it.node.ty.node));
        if !matches!(name.as_str(), "Query" | "Mutation" | "Subscription") {
            texts.extend(fields.map(|it| format!("{name}.{}", it.node.name.node)));
        }
    }
    texts
}

#[test]
fn every_text_of_the_schema_has_a_row_that_says_what_a_viewer_sees_of_it() {
    let decided: Vec<String> = rows(MASKED)
        .chain(rows(BY_ROOT))
        .chain(rows(SHOWN))
        .collect();
    let once: BTreeSet<&String> = decided.iter().collect();
    assert_eq!(once.len(), decided.len(), "one row each");
    let there = texts();
    assert_eq!(once, there.iter().collect::<BTreeSet<_>>());
}
