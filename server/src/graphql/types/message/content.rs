//! What a message holds besides its text.

use async_graphql::{Context, Enum, Json, Object, SimpleObject};
use entity::message::{self, ContentKind};
use entity::types::Kind;
use serde_json::Value;

use crate::domain::content::{Choice, Content, Location, Quoted, Referral};
use crate::graphql::guard::{shown_address, shown_text};

/// What a message is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ContentKind", remote = "ContentKind")]
pub(super) enum ContentKindEnum {
    /// Text only.
    Text,
    /// A picture, with or without a caption.
    Image,
    /// A voice message or sound.
    Audio,
    /// A video, with or without a caption.
    Video,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A place: see location.
    Location,
    /// A contact card, as media.
    Contact,
    /// A tap on a button: see choice.
    ButtonReply,
    /// A choice from a list: see choice.
    ListReply,
    /// Media of ours, whose type only its server knows.
    Media,
    /// A template: see contentSid.
    Template,
    /// Something newer than this server: see unknownFields.
    Other,
}

/// A picture, voice or file.
#[derive(SimpleObject)]
pub(super) struct Medium {
    /// Where it can be seen: a path of this server for what customers sent (sign-in or token needed), the URL as given for what we sent.
    url: String,
    /// Its MIME type; null where nobody told it.
    content_type: Option<String>,
    /// A document's name; null where it has none. Phone numbers in it are masked for the role VIEWER.
    file_name: Option<String>,
}

/// A place.
pub(super) struct LocationObject(pub(super) Location);

/// A place.
#[Object(name = "Location")]
impl LocationObject {
    /// Degrees north, −90 to 90.
    async fn latitude(&self) -> f64 {
        self.0.latitude
    }

    /// Degrees east, −180 to 180.
    async fn longitude(&self) -> f64 {
        self.0.longitude
    }

    /// Its name; null where none was chosen.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// Its street address; null where none was chosen.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }
}

/// A tap on a button, or a choice from a list.
pub(super) struct ChoiceObject(pub(super) Choice);

/// A tap on a button, or a choice from a list.
#[Object(name = "Choice")]
impl ChoiceObject {
    /// The id that was given with the button or item.
    async fn choice_id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// What the customer saw.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The item's second line; null where it has none.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }
}

/// The message that is answered.
pub(super) struct QuotedObject(pub(super) Quoted);

/// The message that is answered.
#[Object(name = "QuotedMessage")]
impl QuotedObject {
    /// Twilio's id of it; message(id:) takes it.
    async fn sid(&self) -> &str {
        &self.0.sid
    }

    /// Who wrote it, channel included; null where Twilio does not tell. Masked for the role VIEWER.
    async fn sender(&self, ctx: &Context<'_>) -> Option<String> {
        let sender = self.0.sender.as_deref();
        sender.map(|it| shown_address(ctx, it))
    }
}

/// An advertisement by which somebody came ("click to WhatsApp").
pub(super) struct ReferralObject(pub(super) Referral);

/// An advertisement by which somebody came ("click to WhatsApp").
#[Object(name = "Referral")]
impl ReferralObject {
    /// Its headline.
    async fn headline(&self) -> Option<&str> {
        self.0.headline.as_deref()
    }

    /// Its text.
    async fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// Meta's id of it.
    async fn source_id(&self) -> Option<&str> {
        self.0.source_id.as_deref()
    }

    /// Meta's word for what it is: ad or post.
    async fn source_type(&self) -> Option<&str> {
        self.0.source_type.as_deref()
    }

    /// Where it is.
    async fn source_url(&self) -> Option<&str> {
        self.0.source_url.as_deref()
    }

    /// Meta's id of the click.
    async fn click_id(&self) -> Option<&str> {
        self.0.click_id.as_deref()
    }
}

/// The media of a message, with where to see them.
pub(super) fn media(ctx: &Context<'_>, message: &message::Model) -> Vec<Medium> {
    let content = Content::read(message.content.as_ref());
    let urls = message.media_urls.as_array().into_iter().flatten();
    let medium = |(number, url): (usize, &Value)| Medium {
        url: match message.direction {
            message::Direction::Inbound => {
                format!("/media/{}/{number}", Kind::Message.encode(message.id))
            }
            message::Direction::Outbound => url.as_str().unwrap_or_default().to_owned(),
        },
        content_type: content
            .media_types
            .get(number)
            .filter(|it| !it.is_empty())
            .cloned(),
        file_name: shown_text(ctx, content.file_name.as_deref()),
    };
    urls.enumerate().map(medium).collect()
}

/// What this server does not know of a message, as it came.
pub(super) fn unknown(content: &Content) -> Option<Json<Value>> {
    let mut fields = serde_json::Map::new();
    let kind = content.message_type.clone();
    fields.extend(kind.map(|it| ("MessageType".to_owned(), it.into())));
    let rest = content.fields.iter();
    fields.extend(rest.map(|(name, value)| (name.clone(), value.clone().into())));
    (!fields.is_empty()).then(|| Json(fields.into()))
}
