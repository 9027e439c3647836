//! SQL by hand, where the query builder has no words for it or a batch is to be one statement. `$1` works on both databases.

use sea_orm::{ConnectionTrait, Statement, Value};

/// A statement with its values.
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A placeholder for one value.
    pub(super) fn value(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// `(a, b), (c, d)`, as they are.
    pub(super) fn tuples<const N: usize>(
        &mut self,
        rows: impl Iterator<Item = [Value; N]>,
    ) -> &mut Self {
        for (number, row) in rows.enumerate() {
            self.push(if number == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    self.push(", ");
                }
                self.value(value);
            }
            self.push(")");
        }
        self
    }

    /// `(a, b), (c, d)`. The last row is repeated up to a power of two, so that the database meets few different
    /// statements and keeps their plans: only for lists in which a repeated row changes nothing.
    pub(super) fn rows<const N: usize>(&mut self, rows: &[[Value; N]]) -> &mut Self {
        let Some(last) = rows.last() else { return self };
        let padding = rows.len().next_power_of_two() - rows.len();
        let all = rows.iter().chain(std::iter::repeat_n(last, padding));
        self.tuples(all.cloned())
    }

    /// `a, b, c`, padded like [`Sql::rows`].
    pub(super) fn list<T: Into<Value> + Clone>(&mut self, items: &[T]) -> &mut Self {
        let Some(last) = items.last() else {
            return self;
        };
        let padding = items.len().next_power_of_two() - items.len();
        for (number, item) in items
            .iter()
            .chain(std::iter::repeat_n(last, padding))
            .enumerate()
        {
            if number > 0 {
                self.push(", ");
            }
            self.value(item.clone());
        }
        self
    }

    /// What is written so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Another text that begins like this, with the values so far.
    pub(super) fn within(self, begin: &str) -> Self {
        Self {
            text: begin.to_owned(),
            values: self.values,
        }
    }

    pub(super) fn on(self, db: &impl ConnectionTrait) -> Statement {
        Statement::from_sql_and_values(db.get_database_backend(), self.text, self.values)
    }
}
