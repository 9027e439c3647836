//! The reading lock: whether someone is reading, so that nothing may move under their eyes.

/// Input this recent means someone is at work.
const IDLE_AFTER_MS: f64 = 3000.0;
/// A page scrolled further than this is being read.
const TOP_PX: f64 = 8.0;

/// What is known about the reader at one moment.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations of one moment"
)]
pub(crate) struct Reader {
    /// How far the page is scrolled, in pixels.
    pub(crate) scrolled_px: f64,
    /// Milliseconds since the last key or press.
    pub(crate) idle_ms: f64,
    pub(crate) pointer_is_over_rows: bool,
    pub(crate) focus_is_in_rows: bool,
    /// A dialog, a menu or the peek panel.
    pub(crate) layer_is_open: bool,
    pub(crate) has_selection: bool,
    pub(crate) tab_is_hidden: bool,
}

impl Reader {
    /// Whether new rows must wait.
    pub(crate) fn is_reading(&self) -> bool {
        self.scrolled_px > TOP_PX
            || self.idle_ms < IDLE_AFTER_MS
            || self.pointer_is_over_rows
            || self.focus_is_in_rows
            || self.layer_is_open
            || self.has_selection
            || self.tab_is_hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_idle_reader_at_the_top_sees_rows_enter() {
        let idle = Reader {
            idle_ms: 5000.0,
            ..Reader::default()
        };
        assert!(!idle.is_reading());
        for reader in [
            Reader {
                scrolled_px: 9.0,
                ..idle
            },
            Reader {
                idle_ms: 200.0,
                ..idle
            },
            Reader {
                pointer_is_over_rows: true,
                ..idle
            },
            Reader {
                focus_is_in_rows: true,
                ..idle
            },
            Reader {
                layer_is_open: true,
                ..idle
            },
            Reader {
                has_selection: true,
                ..idle
            },
            Reader {
                tab_is_hidden: true,
                ..idle
            },
        ] {
            assert!(reader.is_reading(), "{reader:?}");
        }
    }
}
