//! The provider's rules about who may be written to, and when. Broken ones are told by callback, like the provider does.

use std::time::Duration;

use tokio::time::Instant;

use super::Way;
use crate::simulator::Simulator;
use crate::simulator::world::Inner;

const FLIGHT: &[&str] = &["sent", "delivered", "read"];

/// The way of a message whose fate nobody fixed; `None`: it is gone.
pub(super) fn way(simulator: &Simulator, sid: &str) -> Option<Way> {
    let now = simulator.now();
    let mut world = simulator.world.lock();
    let kept = world.messages.find(sid)?;
    let (phone, business) = (kept.phone().to_owned(), kept.business().to_owned());
    let (template, content_fault) = (kept.shown.template.clone(), kept.fault);
    let is_whatsapp = phone.starts_with("whatsapp:");
    let is_crowded = is_crowded(&mut world, &business);
    let template = template.and_then(|it| world.templates.find(&it));
    let rules = &world.controls.rules;
    let person = world.people.get(&phone);
    let is_open = person.is_some_and(|it| it.is_open_to(&business, now));
    let fault = if person.is_some_and(|it| it.blocked) {
        Some(63014)
    } else if rules.join && is_whatsapp && !person.is_some_and(|it| it.has_joined(now)) {
        Some(63015)
    } else if rules.rate && is_crowded {
        Some(63018)
    } else if rules.window && is_whatsapp && !is_open {
        template.map_or(Some(63016), |it| it.fault_outside_window(now))
    } else {
        None
    };
    let fault = fault.or(content_fault);
    Some(match fault {
        Some(code) => Way::failed(Some(code)),
        None => Way {
            steps: FLIGHT,
            error_code: None,
            asks_phone: true,
        },
    })
}

/// Whether a sender had its messages of this second already; counts this one, where it is the rule.
fn is_crowded(world: &mut Inner, business: &str) -> bool {
    let rules = &world.controls.rules;
    if !rules.rate {
        world.pace.clear();
        return false;
    }
    let limit = usize::try_from(rules.rate_per_second).unwrap_or(usize::MAX);
    let now = Instant::now();
    let times = world.pace.entry(business.to_owned()).or_default();
    while times
        .front()
        .is_some_and(|at| now - *at >= Duration::from_secs(1))
    {
        times.pop_front();
    }
    if times.len() >= limit {
        return true;
    }
    times.push_back(now);
    false
}
