//! The columns of the log and the height of its rows: what a reader chose, kept in this browser.

use super::say::say;

/// One column. Data, not a closure: one table for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Column {
    Time,
    Way,
    Contact,
    Preview,
    Status,
    Code,
    Tries,
    Lane,
    Updated,
    Sid,
    Id,
}

impl Column {
    /// Every column, in the order of the table.
    pub(crate) const ALL: [Self; 11] = [
        Self::Time,
        Self::Way,
        Self::Contact,
        Self::Preview,
        Self::Status,
        Self::Code,
        Self::Tries,
        Self::Lane,
        Self::Updated,
        Self::Sid,
        Self::Id,
    ];
    /// What shows until somebody chooses.
    pub(crate) const USUAL: [Self; 7] = [
        Self::Time,
        Self::Way,
        Self::Contact,
        Self::Preview,
        Self::Status,
        Self::Code,
        Self::Tries,
    ];

    /// The word in the URL, in storage and at the end of a class.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Way => "way",
            Self::Contact => "contact",
            Self::Preview => "preview",
            Self::Status => "status",
            Self::Code => "code",
            Self::Tries => "tries",
            Self::Lane => "lane",
            Self::Updated => "updated",
            Self::Sid => "sid",
            Self::Id => "id",
        }
    }

    /// The heading.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Time => say!("Time"),
            Self::Way => say!("Way"),
            Self::Contact => say!("Contact"),
            Self::Preview => say!("Message"),
            Self::Status => say!("Status"),
            Self::Code => say!("Error"),
            Self::Tries => say!("Tries"),
            Self::Lane => say!("Lane"),
            Self::Updated => say!("Updated"),
            Self::Sid => say!("Twilio SID"),
            Self::Id => say!("Message id"),
        }
    }

    /// Its track in the grid.
    fn track(self) -> &'static str {
        match self {
            Self::Time | Self::Updated => "7.5rem",
            Self::Way => "4.75rem",
            Self::Contact => "minmax(9rem, 1fr)",
            Self::Preview => "minmax(10rem, 2fr)",
            Self::Status => "9.5rem",
            Self::Code => "5rem",
            Self::Tries => "4rem",
            Self::Lane => "6.5rem",
            Self::Sid | Self::Id => "19rem",
        }
    }

    /// Without it the row says nothing.
    pub(crate) fn is_fixed(self) -> bool {
        matches!(self, Self::Preview)
    }

    /// Whether its cells stand at the end.
    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Code | Self::Tries)
    }
}

/// `grid-template-columns`, the check box first.
pub(crate) fn tracks(columns: &[Column]) -> String {
    let mut out = "2.25rem".to_owned();
    for it in columns {
        out.push(' ');
        out.push_str(it.track());
    }
    out
}

/// Reads a kept choice; anything odd is left out, nothing at all is the usual.
pub(crate) fn read(kept: Option<&str>) -> Vec<Column> {
    let Some(kept) = kept else {
        return Column::USUAL.to_vec();
    };
    let is_kept = |it: &Column| it.is_fixed() || kept.split(',').any(|word| word == it.slug());
    Column::ALL.into_iter().filter(is_kept).collect()
}

/// Writes a choice.
pub(crate) fn write(columns: &[Column]) -> String {
    let words: Vec<_> = columns.iter().map(|it| it.slug()).collect();
    words.join(",")
}

/// How high rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Density {
    Compact,
    #[default]
    Usual,
    Comfortable,
}

impl Density {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Compact, Self::Usual, Self::Comfortable];

    /// The word in storage.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Usual => "usual",
            Self::Comfortable => "comfortable",
        }
    }

    /// The word on screen.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Compact => say!("Compact"),
            Self::Usual => say!("Default"),
            Self::Comfortable => say!("Comfortable"),
        }
    }

    /// Reads a kept choice.
    pub(crate) fn read(kept: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|it| Some(it.slug()) == kept)
            .unwrap_or_default()
    }

    /// Pixels of a row.
    pub(crate) fn row_px(self) -> f64 {
        match self {
            Self::Compact => 28.0,
            Self::Usual => 36.0,
            Self::Comfortable => 44.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_the_browser() {
        let chosen = [Column::Time, Column::Preview, Column::Sid];
        assert_eq!(read(Some(&write(&chosen))), chosen);
        assert_eq!(read(Some("nonsense")), [Column::Preview]);
        assert_eq!(read(None), Column::USUAL);
        for it in Density::ALL {
            assert_eq!(Density::read(Some(it.slug())), it);
        }
        assert_eq!(tracks(&chosen), "2.25rem 7.5rem minmax(10rem, 2fr) 19rem");
    }
}
