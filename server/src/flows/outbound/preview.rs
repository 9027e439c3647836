//! A dry run: every rule that a message would break, and what the recipient would see. Nothing is stored or sent.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use entity::types::Address;
use tokio::sync::Mutex;

use crate::app::App;
use crate::domain::draft::{BODY_LIMIT, Draft, Request};
use crate::domain::reach::{self, Standing};
use crate::domain::template::{self, Template};
use crate::domain::window;
use crate::error::{Error, Fault, Refusal, RefusalCode as Code, Result};
use crate::store;

/// How long the provider's templates are kept in memory.
const KEPT: Duration = Duration::from_secs(30);
/// And how long nobody asks again after it told nothing.
const KEPT_SILENCE: Duration = Duration::from_secs(3);

/// What a message would be.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Every broken rule.
    pub broken: Vec<Refusal>,
    /// What the recipient would read; `None` where there is no text, or it is not known.
    pub text: Option<String>,
    /// Most UTF-16 code units that `text` may have.
    pub limit: usize,
    /// Until when free text may be sent; `None`: they never wrote to this sender.
    pub window_closes_at: Option<DateTime<Utc>>,
    /// What could not be checked.
    pub notes: Vec<String>,
}

/// The provider's templates, as they were lately.
#[derive(Debug, Default)]
pub struct Templates(Mutex<Option<(Instant, Known)>>);

/// What the provider told; `None`: nothing.
type Known = Option<Vec<Template>>;

/// The provider's templates, at most half a minute old.
///
/// # Errors
/// [`Error::Unavailable`] when the provider does not tell.
pub async fn templates(app: &App) -> Result<Vec<Template>> {
    let mut kept = app.templates.0.lock().await;
    let is_fresh = |it: &&(Instant, Known)| {
        let limit = if it.1.is_some() { KEPT } else { KEPT_SILENCE };
        it.0.elapsed() < limit
    };
    let known = if let Some((_, known)) = kept.as_ref().filter(is_fresh) {
        known.clone()
    } else {
        let told = app.twilio.templates().await;
        let told = told
            .inspect_err(|error| tracing::warn!(%error, "the templates can't be read"))
            .ok();
        *kept = Some((Instant::now(), told.clone()));
        told
    };
    known.ok_or(Error::Unavailable(
        "Twilio does not tell its templates now: try again, and check the credentials with waybill doctor",
    ))
}

/// What a message would be.
///
/// # Errors
/// A fault of the database.
pub async fn preview(app: &App, request: Request) -> Result<Preview> {
    let now = app.now();
    let standing = standing(app, &request).await?;
    let mut preview = Preview {
        broken: Vec::new(),
        text: request.body.clone().filter(|it| !it.trim().is_empty()),
        limit: BODY_LIMIT,
        window_closes_at: standing.and_then(|it| it.last_inbound_at.map(window::closes_at)),
        notes: Vec::new(),
    };
    let (sid, variables) = (
        request.content_sid.clone(),
        request.content_variables.clone(),
    );
    let kind = reach::Kind {
        is_template: sid.is_some(),
        send_at: request.send_at,
    };
    if let Err(broken) = Draft::check(request, app.senders(), now) {
        preview.broken = broken;
    }
    if let Some(standing) = standing {
        preview.broken.extend(reach::refusals(kind, standing, now));
    }
    if let Some(sid) = sid {
        preview.limit = template::LIMIT;
        let last = standing.and_then(|it| it.last_inbound_at);
        let is_open = window::is_open(last, kind.sent_at(now));
        match templates(app).await {
            Ok(known) => preview.apply(&known, &sid, variables.as_ref(), is_open),
            Err(error) => preview
                .notes
                .push(format!("the template was not checked: {error}")),
        }
    }
    Ok(preview)
}

impl Preview {
    fn apply(
        &mut self,
        known: &[Template],
        sid: &str,
        variables: Option<&serde_json::Value>,
        is_open: bool,
    ) {
        let mut refuse = |message: String| {
            self.broken
                .push(Refusal::field(Code::InvalidContent, "contentSid", message));
        };
        let Some(template) = known.iter().find(|it| it.sid == sid) else {
            refuse("Twilio knows no template of this id: copy it from templates".to_owned());
            return;
        };
        if !is_open && !template.is_approved() {
            let approval = &template.approval;
            refuse(format!(
                "WhatsApp's approval is \"{approval}\": outside of the 24-hour window only approved templates are delivered"
            ));
        }
        self.broken.extend(template.refusals(variables));
        for name in template.missing(variables) {
            self.notes.push(format!(
                "no value for {{{{{name}}}}}: Twilio sends its sample"
            ));
        }
        self.text = template.render(variables);
    }
}

/// What is known of the recipient; `None` when it is no address, or the sender is not ours.
async fn standing(app: &App, request: &Request) -> Result<Option<Standing>> {
    let Ok(to) = Address::parse(&request.to) else {
        return Ok(None);
    };
    let from = match &request.from {
        Some(from) => Address::parse(from).ok(),
        None => app.senders().first().cloned(),
    };
    let Some(from) = from else { return Ok(None) };
    let known = store::standing::of(app.db.read(), &BTreeSet::from([to.as_str()])).await;
    let known = known.map_err(|error| Error::Fault(Fault::Database(error)))?;
    Ok(Some(known.of(to.as_str(), from.as_str())))
}
