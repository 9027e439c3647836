//! Conversations: pages by their newest activity, who has them, and their log.

use chrono::{DateTime, TimeDelta, Utc};
use entity::conversation::{Column, ConversationState, Entity, Model};
use entity::conversation_event::{self, ConversationEventKind};
use entity::{message, user};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, DbErr,
    EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::is_postgres;
use super::messages::filter::contains;
use super::sql::Sql;

/// Which conversations. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these; empty: any.
    pub states: Vec<ConversationState>,
    /// Whom this user has.
    pub assignee: Option<Uuid>,
    /// Whether a user has it.
    pub is_assigned: Option<bool>,
    /// A part of the contact's name or address.
    pub search: Option<String>,
}

/// A conversation's place: its newest activity, and its id where two share a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When its last message was stored.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// A place in the list, and on which side of it to read.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// Newest activity first, from the newest or from below a place.
    Older(Option<Place>),
    /// Oldest first, from the oldest or from above a place.
    Newer(Option<Place>),
}

/// Up to `limit` conversations of a filter on one side of a place.
///
/// # Errors
/// What the database said.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    side: Side,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut all = Condition::all();
    if !filter.states.is_empty() {
        all = all.add(Column::State.is_in(filter.states.iter().copied()));
    }
    all = all
        .add_option(filter.assignee.map(|it| Column::AssigneeId.eq(it)))
        .add_option(filter.is_assigned.map(|it| {
            if it {
                Column::AssigneeId.is_not_null()
            } else {
                Column::AssigneeId.is_null()
            }
        }));
    if let Some(words) = &filter.search {
        use entity::contact::{Column as C, Entity as Contact};
        let named = Condition::any()
            .add(contains(db, C::Name, words))
            .add(contains(db, C::Address, words));
        let those = Contact::find().select_only().column(C::Id).filter(named);
        all = all.add(Column::ContactId.in_subquery(sea_orm::QueryTrait::into_query(those)));
    }
    let select = Entity::find().limit(limit);
    let (select, place) = match side {
        Side::Older(below) => (
            select
                .order_by_desc(Column::LastMessageAt)
                .order_by_desc(Column::Id),
            below.map(|it| {
                let same = Column::LastMessageAt.eq(it.at).and(Column::Id.lt(it.id));
                (
                    Column::LastMessageAt.lte(it.at),
                    Column::LastMessageAt.lt(it.at).or(same),
                )
            }),
        ),
        Side::Newer(above) => (
            select
                .order_by_asc(Column::LastMessageAt)
                .order_by_asc(Column::Id),
            above.map(|it| {
                let same = Column::LastMessageAt.eq(it.at).and(Column::Id.gt(it.id));
                (
                    Column::LastMessageAt.gte(it.at),
                    Column::LastMessageAt.gt(it.at).or(same),
                )
            }),
        ),
    };
    if let Some((range, exact)) = place {
        // The range alone is what an index understands.
        all = all.add(range).add(exact);
    }
    select.filter(all).all(db).await
}

/// One conversation.
///
/// # Errors
/// What the database said.
pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// One conversation, held as it is until the transaction ends.
///
/// # Errors
/// What the database said.
pub async fn hold(tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// Conversations by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// The conversations of contacts, newest activity first.
///
/// # Errors
/// What the database said.
pub async fn of_contacts(
    db: &impl ConnectionTrait,
    contacts: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ContactId.is_in(contacts))
        .order_by_desc(Column::LastMessageAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// The newest message of each conversation.
///
/// # Errors
/// What the database said.
pub async fn last_messages(
    db: &impl ConnectionTrait,
    conversations: &[Uuid],
) -> Result<Vec<message::Model>, DbErr> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT * FROM message WHERE id IN (SELECT (SELECT m.id FROM message m WHERE m.conversation_id = c.id \
         ORDER BY m.id DESC LIMIT 1) FROM conversation c WHERE c.id IN (",
    );
    sql.list(conversations).push("))");
    message::Entity::find()
        .from_raw_sql(sql.on(db))
        .all(db)
        .await
}

/// Users by id, in no order.
///
/// # Errors
/// What the database said.
pub async fn assignees(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Id.is_in(ids))
        .all(db)
        .await
}

/// Who answers from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The bot, a person, or nobody.
    pub state: ConversationState,
    /// The user who has it.
    pub assignee_id: Option<Uuid>,
    /// Until when the bot is silent.
    pub bot_silent_until: Option<DateTime<Utc>>,
}

/// Gives a conversation to somebody, if it is still in the hands it was in; `None`: it is not.
///
/// # Errors
/// What the database said.
pub async fn give(
    tx: &impl ConnectionTrait,
    was: &Model,
    turn: Turn,
) -> Result<Option<Model>, DbErr> {
    let hands = match was.assignee_id {
        None => Column::AssigneeId.is_null(),
        Some(id) => Column::AssigneeId.eq(id),
    };
    let given = Entity::update_many()
        .col_expr(Column::State, turn.state.into())
        .col_expr(Column::AssigneeId, turn.assignee_id.into())
        .col_expr(Column::BotSilentUntil, turn.bot_silent_until.into())
        .filter(Column::Id.eq(was.id))
        .filter(Column::State.eq(was.state))
        .filter(hands)
        .exec_with_returning(tx)
        .await?;
    Ok(given.into_iter().next())
}

/// What happened to a conversation, before it has its place in the log.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Which conversation.
    pub conversation_id: Uuid,
    /// What.
    pub kind: ConversationEventKind,
    /// Who, by their name; `None`: the server or the customer.
    pub actor_name: Option<String>,
}

/// Appends to the log. Call it last in a transaction: on PostgreSQL it holds this log until the commit, because numbers
/// drawn by two transactions at once could become visible in the wrong order.
///
/// # Errors
/// What the database said.
pub async fn append(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    event: NewEvent,
) -> Result<(), DbErr> {
    if is_postgres(tx) {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(823546)")
            .await?;
    }
    let row = conversation_event::ActiveModel {
        seq: NotSet,
        conversation_id: Set(event.conversation_id),
        at: Set(now),
        kind: Set(event.kind),
        actor_name: Set(event.actor_name),
        detail: Set(None),
    };
    conversation_event::Entity::insert(row)
        .exec_without_returning(tx)
        .await
        .map(|_| ())
}

/// The position of the newest event; 0 when there is none.
///
/// # Errors
/// What the database said.
pub async fn head(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let newest = conversation_event::Entity::find()
        .order_by_desc(conversation_event::Column::Seq)
        .limit(1)
        .one(db)
        .await?;
    Ok(newest.map_or(0, |it| it.seq))
}

/// The last position that was given out; 0 when there is none.
///
/// # Errors
/// What the database said.
pub async fn last_given(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    super::drawn::last(db, "conversation_event").await
}

/// Up to `limit` events after a position, of one conversation or of all, oldest first.
///
/// # Errors
/// What the database said.
pub async fn events_after(
    db: &impl ConnectionTrait,
    conversation: Option<Uuid>,
    seq: i64,
    limit: u64,
) -> Result<Vec<conversation_event::Model>, DbErr> {
    use conversation_event::Column as C;
    let of = conversation.map(|it| C::ConversationId.eq(it));
    conversation_event::Entity::find()
        .filter(Condition::all().add_option(of).add(C::Seq.gt(seq)))
        .order_by_asc(C::Seq)
        .limit(limit)
        .all(db)
        .await
}

/// Whoever has `address` wrote so much longer ago, to every sender.
///
/// # Errors
/// What the database said.
pub async fn age(tx: &impl ConnectionTrait, address: &str, by: TimeDelta) -> Result<(), DbErr> {
    let Some(known) = super::contacts::by_address(tx, address).await? else {
        return Ok(());
    };
    // Whoever writes at this moment waits, lest their new time be lost.
    let mut held = super::contact_book::hold(tx, [known.id]).await?;
    let Some(contact) = held.remove(&known.id) else {
        return Ok(());
    };
    let talks = Entity::find().filter(Column::ContactId.eq(contact.id));
    for it in talks.all(tx).await? {
        let last = it.last_inbound_at.map(|at| at - by);
        let mut changed = it.into_active_model();
        changed.last_inbound_at = Set(last);
        changed.update(tx).await?;
    }
    let last = contact.last_inbound_at.map(|at| at - by);
    let mut changed = contact.into_active_model();
    changed.last_inbound_at = Set(last);
    changed.update(tx).await?;
    Ok(())
}
