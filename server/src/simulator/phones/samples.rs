//! Small pictures, sounds, films, files and cards, for messages that bring none of their own.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One pixel.
const JPEG: &str = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=";
/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
/// One pixel.
const WEBP: &str = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const CARD: &[u8] =
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Tamang;Maya;;;\r\nFN:Maya Tamang\r\nTEL;TYPE=CELL:+9779800000099\r\nEND:VCARD\r\n";
const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";

/// Something small of this type.
pub(in crate::simulator) fn bytes_of(content_type: &str) -> Arc<[u8]> {
    let decoded = |text: &str| STANDARD.decode(text).unwrap_or_default().into();
    match content_type {
        "image/jpeg" => decoded(JPEG),
        "image/png" => decoded(PNG),
        "image/webp" => decoded(WEBP),
        "application/pdf" => PDF.into(),
        "text/vcard" => CARD.into(),
        "audio/ogg" => OGG.into(),
        "video/mp4" => MP4.into(),
        _ => b"sample\n".as_slice().into(),
    }
}

/// The usual type of what a message of this kind carries; `None`: it carries nothing.
pub(super) fn type_of_kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "image" => "image/jpeg",
        "audio" => "audio/ogg",
        "video" => "video/mp4",
        "document" => "application/pdf",
        "sticker" => "image/webp",
        "contacts" => "text/vcard",
        _ => return None,
    })
}

/// The provider's word for a message that carries this type.
pub(in crate::simulator) fn kind_of(content_type: &str) -> &'static str {
    match content_type.split('/').next() {
        Some("image") => "image",
        Some("audio") => "audio",
        Some("video") => "video",
        Some("text") if content_type == "text/vcard" => "contacts",
        _ => "document",
    }
}

/// The type that the end of a URL's path tells.
pub(in crate::simulator) fn type_of_path(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let end = path.rsplit('.').next().unwrap_or_default();
    match end.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "webp" => "image/webp",
        "pdf" => "application/pdf",
        "ogg" | "opus" => "audio/ogg",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "vcf" => "text/vcard",
        _ => "image/jpeg",
    }
}
