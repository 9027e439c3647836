//! A message's events in the order of their own time; what came late is marked.

/// Places of the events by event time (milliseconds), and whether each came after something younger than itself.
/// Events of one time keep the order in which they came.
pub(crate) fn by_time(times_ms: &[f64]) -> Vec<(usize, bool)> {
    let mut latest = f64::NEG_INFINITY;
    let mut places: Vec<(usize, bool)> = Vec::with_capacity(times_ms.len());
    for (place, at) in times_ms.iter().enumerate() {
        places.push((place, *at < latest));
        latest = latest.max(*at);
    }
    places.sort_by(|a, b| times_ms[a.0].total_cmp(&times_ms[b.0]));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_ones_are_marked_and_stand_where_they_belong() {
        assert_eq!(
            by_time(&[1.0, 4.0, 2.0, 4.0, 3.0]),
            [(0, false), (2, true), (4, true), (1, false), (3, false)]
        );
        assert!(by_time(&[]).is_empty());
    }
}
