//! What a message is made of, and how a person reads it.

use super::say::say;
use crate::schema;

/// What a message is made of.
#[derive(cynic::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentKind {
    Text,
    Image,
    Audio,
    Video,
    Document,
    Sticker,
    Location,
    Contact,
    ButtonReply,
    ListReply,
    Media,
    Template,
    Other,
}

impl ContentKind {
    /// The word on screen; `None` for text, which speaks for itself.
    pub(crate) fn label(self) -> Option<&'static str> {
        Some(match self {
            Self::Text => return None,
            Self::Image => say!("Image"),
            Self::Audio => say!("Audio"),
            Self::Video => say!("Video"),
            Self::Document => say!("Document"),
            Self::Sticker => say!("Sticker"),
            Self::Location => say!("Location"),
            Self::Contact => say!("Contact card"),
            Self::ButtonReply => say!("Button"),
            Self::ListReply => say!("List choice"),
            Self::Media => say!("Media"),
            Self::Template => say!("Template"),
            Self::Other => say!("Unknown kind"),
        })
    }
}

/// How a medium can be shown within a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Image,
    Audio,
    Video,
    /// A link to save it.
    File,
}

impl Show {
    /// By its MIME type; what we sent lies on a foreign server, which this page does not ask.
    pub(crate) fn of(url: &str, content_type: Option<&str>) -> Self {
        let family = content_type.and_then(|it| it.split('/').next());
        match family.filter(|_| url.starts_with('/')) {
            Some("image") => Self::Image,
            Some("audio") => Self::Audio,
            Some("video") => Self::Video,
            _ => Self::File,
        }
    }
}

/// Degrees as people write them, and a map of the place.
pub(crate) fn place(latitude: f64, longitude: f64) -> (String, String) {
    let degrees = |it: f64| format!("{:.5}", it.abs());
    let north = if latitude < 0.0 {
        say!("{degrees}° S", degrees = degrees(latitude))
    } else {
        say!("{degrees}° N", degrees = degrees(latitude))
    };
    let east = if longitude < 0.0 {
        say!("{degrees}° W", degrees = degrees(longitude))
    } else {
        say!("{degrees}° E", degrees = degrees(longitude))
    };
    let words = format!("{north}, {east}");
    let map = format!(
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    );
    (words, map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pictures_and_voices_are_shown_within_the_page() {
        assert_eq!(Show::of("/media/msg_1/0", Some("image/png")), Show::Image);
        assert_eq!(Show::of("/media/msg_1/0", Some("audio/ogg")), Show::Audio);
        assert_eq!(Show::of("/media/msg_1/0", Some("text/html")), Show::File);
        assert_eq!(Show::of("/media/msg_1/0", None), Show::File);
        assert_eq!(
            Show::of("https://a.example/b.png", Some("image/png")),
            Show::File
        );
    }

    #[test]
    fn a_place_is_written_with_its_sides() {
        let (words, map) = place(27.7172, -85.324);
        assert_eq!(words, "27.71720° N, 85.32400° W");
        assert!(map.contains("mlat=27.7172&mlon=-85.324"));
    }
}
