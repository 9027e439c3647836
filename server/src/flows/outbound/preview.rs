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
pub struct Templates(Mutex<Option<(Instant, Vec<Template>)>>);

/// The provider's templates, at most half a minute old.
///
/// # Errors
/// [`Error::Unavailable`] when the provider does not tell.
pub async fn templates(app: &App) -> Result<Vec<Template>> {
    let mut kept = app.templates.0.lock().await;
    if let Some((at, templates)) = kept.as_ref()
        && at.elapsed() < KEPT
    {
        return Ok(templates.clone());
    }
    let templates = app.twilio.templates().await.map_err(|error| {
        tracing::warn!(%error, "the templates can't be read");
        Error::Unavailable("Twilio does not tell its templates now: try again, and check the credentials with waybill doctor")
    })?;
    *kept = Some((Instant::now(), templates.clone()));
    Ok(templates)
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
    let send_at = request.send_at;
    match Draft::check(request, app.senders(), now) {
        Ok(draft) => {
            let standing = standing.unwrap_or_default();
            preview.broken = reach::refusals(&draft, standing, now);
        }
        Err(broken) => {
            preview.broken = broken;
            if let Some(standing) = standing.filter(|_| sid.is_none()) {
                let closed = reach::closed_window(standing, send_at, now);
                preview.broken.extend(closed);
            }
        }
    }
    if let Some(sid) = sid {
        preview.limit = template::LIMIT;
        let is_open = standing.is_some_and(|it| window::is_open(it.last_inbound_at, now));
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
