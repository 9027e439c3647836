//! People keep ways of looking at the log under names, for themselves or for everybody.

use chrono::{DateTime, NaiveDate};
use entity::saved_view::Model;
use entity::types::Kind;
use entity::user::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::auth::Viewer;
use crate::domain::mask;
use crate::error::{Error, Refusal, RefusalCode as Code, Result};
use crate::flows::audit::{self, Actor, Change};
use crate::store;

/// Characters of a name.
const LONGEST_NAME: usize = 60;
/// Characters of the parameters.
const LONGEST_QUERY: usize = 2_000;
/// Views of one owner.
const MOST: u64 = 100;
/// Views of one list; one's own come first.
const MOST_SEEN: u64 = 300;

/// A view to be kept.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What it is called; the owner's view of this name is replaced.
    pub name: String,
    /// The parameters of the dashboard's address.
    pub query: String,
    /// Whether everybody sees it.
    pub is_shared: bool,
}

/// The viewer's own views and those that others share, by name. Who may not see whole numbers does not see others' that name or
/// search for one: nor could they use them.
///
/// # Errors
/// A fault of the database.
pub async fn seen_by(app: &App, viewer: &Viewer) -> Result<Vec<Model>> {
    let mut views = store::saved_views::seen_by(app.db.read(), &viewer.id, MOST_SEEN).await?;
    views.retain(|it| is_seen_by(it, viewer));
    views.sort_by_cached_key(|it| (it.name.to_lowercase(), it.id));
    Ok(views)
}

/// Keeps a view. A second click keeps it once.
///
/// # Errors
/// Every broken rule; a view for everybody by somebody who may not change anything; or a fault.
pub async fn save(app: &App, viewer: &Viewer, wish: Wish) -> Result<Model> {
    if wish.is_shared && viewer.role < Role::Operator {
        return Err(Error::Forbidden("the role OPERATOR to share a view"));
    }
    let (name, query) = checked(&wish)?;
    let now = app.now();
    let view = Model {
        id: app.new_id(),
        owner: viewer.id.clone(),
        name,
        query,
        is_shared: wish.is_shared,
        created_at: now,
        updated_at: now,
    };
    let tx = store::begin(&app.db).await?;
    let before = store::saved_views::named(&tx, &view.owner, &view.name).await?;
    if before.is_none() && store::saved_views::count_of(&tx, &view.owner).await? >= MOST {
        let words = format!("you have {MOST} views: delete one first");
        return Err(Refusal::whole(Code::TooMany, words).into());
    }
    store::saved_views::put(&tx, view.clone()).await?;
    // A view that is replaced keeps its id.
    let kept = store::saved_views::named(&tx, &view.owner, &view.name).await?;
    let kept = kept.ok_or(Error::NotFound("view"))?;
    let change = Change::new("saveView").of(Kind::SavedView.encode(kept.id));
    let change = match &before {
        Some(before) => change.from(shown(before)),
        None => change,
    };
    let mark = (app.new_id(), now);
    audit::note(&tx, mark, &Actor::from(viewer), change.to(shown(&kept))).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Takes a view away: one's own, or as an administrator one that is shared.
///
/// # Errors
/// There is none of the viewer's; or a fault.
pub async fn remove(app: &App, viewer: &Viewer, id: Uuid) -> Result<Model> {
    let tx = store::begin(&app.db).await?;
    let found = store::saved_views::find(&tx, id).await?;
    let may = |it: &Model| it.owner == viewer.id || (it.is_shared && viewer.role >= Role::Admin);
    let Some(view) = found.filter(may) else {
        let words = "no view of yours has this id";
        return Err(Refusal::field(Code::NotFound, "id", words).into());
    };
    store::saved_views::remove(&tx, id).await?;
    let change = Change::new("deleteView").of(Kind::SavedView.encode(id));
    let mark = (app.new_id(), app.now());
    audit::note(&tx, mark, &Actor::from(viewer), change.from(shown(&view))).await?;
    tx.commit().await?;
    Ok(view)
}

/// Whether somebody sees a view: see [`seen_by`].
pub fn is_seen_by(view: &Model, viewer: &Viewer) -> bool {
    let is_own = view.owner == viewer.id;
    is_own || (view.is_shared && (viewer.role >= Role::Operator || !names_a_number(view)))
}

/// Whether there is something of a phone number in it, or a search for digits, which would tell one.
fn names_a_number(view: &Model) -> bool {
    mask::text(&view.name) != view.name
        || form_urlencoded::parse(view.query.as_bytes()).any(|(key, value)| match &*key {
            "from" | "to" | "asOf" if is_moment(&value) => false,
            "code" => mask::text(&value) != value,
            "address" if Kind::Contact.parse(&value).is_ok() => false,
            _ => mask::tells_of_numbers(&value),
        })
}

/// `-24h`, `2026-11-22` or `2026-11-22T09:30:00Z`.
fn is_moment(value: &str) -> bool {
    let is_date = |it: &str| it.parse::<NaiveDate>().is_ok();
    let is_time = |it: &str| DateTime::parse_from_rfc3339(it).is_ok();
    (value.starts_with('-') && value.len() < 7) || is_date(value) || is_time(value)
}

/// The name and the parameters as they are kept.
fn checked(wish: &Wish) -> Result<(String, String)> {
    let mut broken = Vec::new();
    let name = wish.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut refuse = |code, field, words: &str| broken.push(Refusal::field(code, field, words));
    if name.is_empty() {
        refuse(Code::Required, "name", "give the view a name");
    }
    if name.chars().count() > LONGEST_NAME {
        let words = format!("at most {LONGEST_NAME} characters");
        refuse(Code::TooLong, "name", &words);
    }
    if name.chars().any(char::is_control) {
        refuse(
            Code::InvalidContent,
            "name",
            "letters that can be seen, please",
        );
    }
    let query = wish.query.trim().trim_start_matches('?').to_owned();
    if query.chars().count() > LONGEST_QUERY {
        let words = format!("at most {LONGEST_QUERY} characters");
        refuse(Code::TooLong, "query", &words);
    }
    if query
        .chars()
        .any(|it| it.is_control() || it.is_whitespace() || it == '#')
    {
        let words = "the parameters of an address, e.g. status=failed&from=-24h";
        refuse(Code::InvalidContent, "query", words);
    }
    if broken.is_empty() {
        Ok((name, query))
    } else {
        Err(Error::Refused(broken))
    }
}

/// What the audit log holds of it: no whole numbers.
fn shown(view: &Model) -> Value {
    let query = (!names_a_number(view)).then_some(&view.query);
    json!({ "name": mask::text(&view.name), "query": query, "isShared": view.is_shared })
}
