//! The simulated Twilio as the dashboard drives it: customers who write, their phones, and how the world behaves. In sandbox
//! mode only.

use chrono::TimeDelta;
use entity::types::Address;
use serde_json::{Map, Value};

use super::audit::{self, Actor, Change};
use crate::app::App;
use crate::domain::mask;
use crate::error::{Error, Fault, Refusal, RefusalCode, Result};
use crate::gateway::simulator::{ControlError, Phone, PhoneMessage, Phones, Writing};
use crate::store;

/// A phone's clock moves on by at most this, in seconds: a year.
const LONGEST_TRAVEL: u32 = 366 * 86_400;

/// What is changed about a phone; what is `None` stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneChange {
    /// Whether messages reach it.
    pub online: Option<bool>,
    /// Whether the business is told that a message was read.
    pub read_receipts: Option<bool>,
    /// Whether its owner blocked the business.
    pub blocked: Option<bool>,
    /// Everything its owner did is so many seconds longer ago, for Twilio and for this server: the reply window closes.
    pub travel_seconds: Option<u32>,
}

/// A customer writes to the business; what their phone shows.
///
/// # Errors
/// What is wrong with it, as a refusal; `SIMULATOR_OFF` where Twilio is the real one.
pub async fn write(app: &App, by: &Actor, writing: Writing) -> Result<PhoneMessage> {
    let sender = app.senders().first();
    let to = sender.map(|it| it.as_str().to_owned()).unwrap_or_default();
    let writing = Writing { to, ..writing };
    let written = phones(app)?.write(&writing).await;
    let written = written.map_err(|error| refused(error, "body"))?;
    audit::record(app, by, Change::new("simulatorSend")).await?;
    Ok(written)
}

/// Changes a phone; it is made if there was none.
///
/// # Errors
/// As [`write()`].
pub async fn change_phone(
    app: &App,
    by: &Actor,
    address: &Address,
    change: PhoneChange,
) -> Result<Phone> {
    let travel = change.travel_seconds.unwrap_or_default();
    if travel > LONGEST_TRAVEL {
        let message = "a phone's clock moves on by at most a year, 31,622,400 seconds";
        return Err(Refusal::field(RefusalCode::TooFar, "travelSeconds", message).into());
    }
    let told = [
        ("online", change.online.map(Value::from)),
        ("readReceipts", change.read_receipts.map(Value::from)),
        ("blocked", change.blocked.map(Value::from)),
        ("travelSeconds", change.travel_seconds.map(Value::from)),
    ];
    let told: Map<String, Value> = told
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    let told = Value::Object(told);
    let phone = phones(app)?.change_phone(address.as_str(), &told).await;
    let phone = phone.map_err(|error| refused(error, "address"))?;
    let change = Change::new("changeSimulatorPhone").of(mask::address(address.as_str()));
    let tx = store::begin(&app.db).await?;
    if travel > 0 {
        let ago = TimeDelta::seconds(travel.into());
        store::conversations::age(&tx, address.as_str(), ago).await?;
    }
    audit::note(&tx, (app.new_id(), app.now()), by, change.to(told)).await?;
    tx.commit().await?;
    Ok(phone)
}

/// How the world behaves: the controls that `docs/simulator.md` lists.
///
/// # Errors
/// As [`write()`].
pub async fn world(app: &App) -> Result<Value> {
    let world = phones(app)?.world().await;
    world.map_err(|error| refused(error, "change"))
}

/// Changes the controls that are named; null brings the usual back. What they are now.
///
/// # Errors
/// As [`write()`].
pub async fn change_world(app: &App, by: &Actor, change: Value) -> Result<Value> {
    let world = phones(app)?.change_world(&change).await;
    let world = world.map_err(|error| refused(error, "change"))?;
    audit::record(app, by, Change::new("changeSimulatorWorld").to(change)).await?;
    Ok(world)
}

fn phones(app: &App) -> Result<&Phones> {
    let message = "this server talks to the real Twilio: the simulator runs in sandbox mode only";
    let off = || Refusal::whole(RefusalCode::SimulatorOff, message).into();
    app.phones.as_ref().ok_or_else(off)
}

/// The simulator's own words are for a person.
fn refused(error: ControlError, field: &'static str) -> Error {
    match error {
        ControlError::Refused(words) | ControlError::Missing(words) => {
            Refusal::field(RefusalCode::InvalidContent, field, words).into()
        }
        ControlError::Unreachable(error) => {
            Error::Fault(Fault::Other(format!("the simulator: {error}")))
        }
    }
}
