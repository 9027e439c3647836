//! The socket's life: connect, greet, live, wait, try again. Pure; `api::live` does what it says.

/// First ceiling of a pause.
const FIRST_PAUSE_MS: f64 = 500.0;
/// Last ceiling of a pause.
const LONGEST_PAUSE_MS: f64 = 30_000.0;
/// Pings without an answer before the line is called dead.
const SILENT_PINGS: u8 = 2;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Idle,
    Opening,
    Greeting,
    Live,
    Waiting,
    /// Something refused us for good; the close code.
    Stopped(u16),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Start,
    Opened,
    Acknowledged,
    Closed(u16),
    /// Nothing was heard for too long.
    Silence,
    /// The pause is over, the network is back, or the page is visible again.
    Woken,
    /// The session was asked about and is good.
    SessionIsGood,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Nothing,
    Open,
    Greet,
    Subscribe,
    /// Forget the socket, then pause up to this many milliseconds.
    Pause(u32),
    /// Forget the socket, ask whether the session still stands.
    AskSession,
    Stop,
}

/// The machine; one per tab.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    phase: Phase,
    failures: u32,
    asked_session: bool,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            phase: Phase::Idle,
            failures: 0,
            asked_session: false,
        }
    }
}

impl Machine {
    /// Where it stands.
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Takes one input; illegal ones do nothing.
    pub(crate) fn step(&mut self, input: Input) -> Action {
        match (self.phase, input) {
            (Phase::Idle, Input::Start) | (Phase::Waiting, Input::Woken | Input::SessionIsGood) => {
                self.go(Phase::Opening, Action::Open)
            }
            (Phase::Opening, Input::Opened) => self.go(Phase::Greeting, Action::Greet),
            (Phase::Greeting, Input::Acknowledged) => {
                self.failures = 0;
                self.asked_session = false;
                self.go(Phase::Live, Action::Subscribe)
            }
            (Phase::Opening | Phase::Greeting | Phase::Live, Input::Closed(code)) => {
                self.closed(code)
            }
            (Phase::Opening | Phase::Greeting | Phase::Live, Input::Silence) => self.pause(),
            _ => Action::Nothing,
        }
    }

    fn closed(&mut self, code: u16) -> Action {
        match verdict(code, self.phase != Phase::Live) {
            Verdict::Retry => self.pause(),
            Verdict::AskSession if self.asked_session => self.pause(),
            Verdict::AskSession => {
                self.asked_session = true;
                self.go(Phase::Waiting, Action::AskSession)
            }
            Verdict::Stop => self.go(Phase::Stopped(code), Action::Stop),
        }
    }

    fn pause(&mut self) -> Action {
        let ceiling_ms = pause_ceiling_ms(self.failures);
        self.failures += 1;
        self.go(Phase::Waiting, Action::Pause(ceiling_ms))
    }

    fn go(&mut self, phase: Phase, action: Action) -> Action {
        self.phase = phase;
        action
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Retry,
    AskSession,
    Stop,
}

/// What a close code means. 1006 before the first ack is also how a browser shows a refused upgrade (HTTP 401).
/// Source: graphql-transport-ws protocol; a refused `connection_init` is 4403, of older servers 1002.
fn verdict(code: u16, during_init: bool) -> Verdict {
    match code {
        4401 | 4403 => Verdict::AskSession,
        1002 | 1006 if during_init => Verdict::AskSession,
        1011 | 4400 | 4406 | 4409 | 4429 | 4500 => Verdict::Stop,
        _ => Verdict::Retry,
    }
}

/// 0.5 s, doubled each time, never over 30 s.
fn pause_ceiling_ms(failures: u32) -> u32 {
    let doubled = FIRST_PAUSE_MS * 2f64.powi(i32::try_from(failures.min(16)).unwrap_or(16));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 500 and 30,000"
    )]
    let ceiling_ms = doubled.min(LONGEST_PAUSE_MS) as u32;
    ceiling_ms
}

/// Full jitter: anything between nothing and the ceiling. `chance` is in `0..1`.
pub(crate) fn jittered_ms(ceiling_ms: u32, chance: f64) -> f64 {
    f64::from(ceiling_ms) * chance.clamp(0.0, 1.0)
}

/// What a heartbeat asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    Ping,
    Dead,
}

/// Counts pings nobody answered.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pulse {
    unanswered: u8,
}

impl Pulse {
    /// One period passed.
    pub(crate) fn beat(&mut self) -> Beat {
        if self.unanswered >= SILENT_PINGS {
            self.unanswered = 0;
            return Beat::Dead;
        }
        self.unanswered += 1;
        Beat::Ping
    }

    /// Something came in.
    pub(crate) fn heard(&mut self) {
        self.unanswered = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Machine {
        let mut machine = Machine::default();
        for (input, action) in [
            (Input::Start, Action::Open),
            (Input::Opened, Action::Greet),
            (Input::Acknowledged, Action::Subscribe),
        ] {
            assert_eq!(machine.step(input), action);
        }
        machine
    }

    #[test]
    fn pauses_double_up_to_half_a_minute_and_start_over_after_success() {
        let mut machine = live();
        for ceiling in [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] {
            assert_eq!(machine.step(Input::Closed(1012)), Action::Pause(ceiling));
            assert_eq!(machine.step(Input::Woken), Action::Open);
        }
        machine.step(Input::Opened);
        assert_eq!(machine.step(Input::Acknowledged), Action::Subscribe);
        assert_eq!(machine.step(Input::Closed(1001)), Action::Pause(500));
    }

    #[test]
    fn close_codes_are_judged() {
        for (code, action) in [
            (1001, Action::Pause(500)),
            (1005, Action::Pause(500)),
            (1006, Action::Pause(500)),
            (1002, Action::Pause(500)),
            (4408, Action::Pause(500)),
            (4504, Action::Pause(500)),
            (4403, Action::AskSession),
            (1011, Action::Stop),
            (4400, Action::Stop),
            (4429, Action::Stop),
        ] {
            assert_eq!(live().step(Input::Closed(code)), action, "{code}");
        }
    }

    #[test]
    fn a_refused_greeting_asks_for_the_session_once_and_then_backs_off() {
        let mut machine = Machine::default();
        machine.step(Input::Start);
        machine.step(Input::Opened);
        assert_eq!(machine.step(Input::Closed(1002)), Action::AskSession);
        assert_eq!(machine.step(Input::SessionIsGood), Action::Open);
        machine.step(Input::Opened);
        assert_eq!(machine.step(Input::Closed(1002)), Action::Pause(500));
    }

    #[test]
    fn stray_inputs_do_nothing() {
        let mut machine = live();
        for input in [
            Input::Start,
            Input::Opened,
            Input::Woken,
            Input::SessionIsGood,
        ] {
            assert_eq!(machine.step(input), Action::Nothing);
            assert_eq!(machine.phase(), Phase::Live);
        }
        assert_eq!(machine.step(Input::Closed(4500)), Action::Stop);
        assert_eq!(machine.step(Input::Woken), Action::Nothing);
    }

    #[test]
    fn two_silent_pings_are_a_dead_line() {
        let mut pulse = Pulse::default();
        assert_eq!(
            [pulse.beat(), pulse.beat(), pulse.beat()],
            [Beat::Ping, Beat::Ping, Beat::Dead]
        );
        pulse.beat();
        pulse.heard();
        assert_eq!([pulse.beat(), pulse.beat()], [Beat::Ping, Beat::Ping]);
    }

    #[test]
    fn jitter_stays_inside_the_ceiling() {
        assert!((jittered_ms(500, 0.5) - 250.0).abs() < f64::EPSILON);
        assert!((jittered_ms(500, 7.0) - 500.0).abs() < f64::EPSILON);
    }
}
