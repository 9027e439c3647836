//! How large a parsed query is once its fragments are put in their places. Every fragment is measured once, so that
//! fragments that double each other cost nothing here; the rules after this one would follow every copy.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned, ServerError, Variables};
use async_graphql_value::Value;

use super::{
    COMPLEXITY, DEPTH, INTROSPECTION, NESTING, ROOT_FIELDS, VALUES, check_complexity, exceeded,
    named, too_deep, values,
};

/// Refuses a document that is circular or too large in any way that can be seen without the schema.
pub(in crate::graphql) fn measure(
    document: &ExecutableDocument,
    variables: &Variables,
) -> Result<(), ServerError> {
    let mut sizes: HashMap<&Name, usize> = HashMap::new();
    let operations = document.operations.iter();
    for variable in operations.flat_map(|it| &it.1.node.variable_definitions) {
        let default = variable.node.default_value.as_ref();
        let size = default.map_or(1, |it| values(&it.node));
        // Another operation's variable may have the same name.
        let known = sizes.entry(&variable.node.name.node).or_default();
        *known = size.max(*known);
    }
    sizes.extend(variables.iter().map(|(name, it)| (name, values(it))));
    let mut ruler = Ruler {
        document,
        sizes,
        known: HashMap::new(),
    };
    for name in document.fragments.keys() {
        ruler.fragment(name, 0)?;
    }
    for (_, operation) in document.operations.iter() {
        let size = ruler.set(&operation.node.selection_set.node, 0)?;
        if size.depth > DEPTH {
            return Err(too_deep(size.depth));
        }
        if size.roots > ROOT_FIELDS {
            return Err(exceeded(
                "TOO_MANY_ROOT_FIELDS",
                (ROOT_FIELDS, size.roots),
                &format!(
                    "The query has {} fields at its outermost level; at most {ROOT_FIELDS} are allowed.",
                    size.roots
                ),
            ));
        }
        if size.values > VALUES {
            return Err(exceeded(
                "VARIABLES_TOO_LARGE",
                (VALUES, size.values),
                &format!(
                    "Variables are named so often that they stand for {} values in all; {VALUES} are allowed.",
                    size.values
                ),
            ));
        }
        // Every field costs one at least.
        check_complexity(size.fields)?;
        if size.introspection > INTROSPECTION {
            return Err(exceeded(
                "INTROSPECTION_TOO_LARGE",
                (INTROSPECTION, size.introspection),
                &format!(
                    "The answer about the schema would have about {} entries; {INTROSPECTION} are allowed: read schema.graphql instead.",
                    size.introspection
                ),
            ));
        }
    }
    Ok(())
}

/// The size of a selection.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    /// Fields of its outermost level.
    roots: usize,
    /// All fields.
    fields: usize,
    /// Levels of fields.
    depth: usize,
    /// Levels of fields, fragments and inline fragments.
    levels: usize,
    /// Values of the variables, each time that one is named: whoever reads an argument copies what it stands for.
    values: usize,
    /// Entries of the answer, were all of it about the schema.
    weight: usize,
    /// Entries of the answer that are about the schema.
    introspection: usize,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.roots = self.roots.saturating_add(other.roots);
        self.fields = self.fields.saturating_add(other.fields);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.values = self.values.saturating_add(other.values);
        self.weight = self.weight.saturating_add(other.weight);
        self.introspection = self.introspection.saturating_add(other.introspection);
    }

    /// A field with this below it.
    fn below(self, name: &str) -> Self {
        let weight = 1_usize.saturating_add(usual_length(name).saturating_mul(self.weight));
        let is_about_schema = matches!(name, "__schema" | "__type");
        Self {
            roots: 1,
            fields: self.fields.saturating_add(1),
            depth: self.depth + 1,
            levels: self.levels + 1,
            values: self.values,
            weight,
            introspection: if is_about_schema { weight } else { 0 },
        }
    }
}

/// About how many items the lists of the schema about itself have.
fn usual_length(name: &str) -> usize {
    match name {
        "types" => 150,
        "fields" => 10,
        "inputFields" | "enumValues" | "possibleTypes" | "directives" => 5,
        "args" | "interfaces" => 2,
        _ => 1,
    }
}

struct Ruler<'a> {
    document: &'a ExecutableDocument,
    /// Of the variables.
    sizes: HashMap<&'a Name, usize>,
    /// `None` while a fragment is being measured.
    known: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Ruler<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Size, ServerError> {
        if level > NESTING {
            return Err(too_deep(level));
        }
        let mut size = Size::default();
        for item in &set.items {
            size.add(self.selection(&item.node, level + 1)?);
        }
        if size.levels > NESTING {
            return Err(too_deep(size.levels));
        }
        Ok(size)
    }

    fn selection(&mut self, item: &'a Selection, level: usize) -> Result<Size, ServerError> {
        match item {
            Selection::Field(field) => {
                let field = &field.node;
                let mut below = self.set(&field.selection_set.node, level)?;
                let own = self.named(&field.arguments) + self.asked(&field.directives);
                below.values = below.values.saturating_add(own);
                Ok(below.below(&field.name.node))
            }
            Selection::InlineFragment(inline) => {
                let mut size = self.set(&inline.node.selection_set.node, level)?;
                size.values = size
                    .values
                    .saturating_add(self.asked(&inline.node.directives));
                Ok(one_level_more(size))
            }
            Selection::FragmentSpread(spread) => {
                let mut size = self.fragment(&spread.node.fragment_name.node, level)?;
                size.values = size
                    .values
                    .saturating_add(self.asked(&spread.node.directives));
                // A copy that the rules after this one follow, also where the fragment is not there.
                size.fields = size.fields.saturating_add(1);
                Ok(one_level_more(size))
            }
        }
    }

    fn asked(&self, directives: &[Positioned<Directive>]) -> usize {
        let all = directives.iter().map(|it| self.named(&it.node.arguments));
        all.sum()
    }

    /// What the variables in arguments stand for.
    fn named(&self, arguments: &[(Positioned<Name>, Positioned<Value>)]) -> usize {
        let all = arguments.iter().map(|(_, it)| self.stands_for(&it.node));
        all.sum()
    }

    fn stands_for(&self, value: &Value) -> usize {
        match value {
            Value::Variable(name) => self.sizes.get(name).copied().unwrap_or_default(),
            Value::List(items) => items.iter().map(|it| self.stands_for(it)).sum(),
            Value::Object(fields) => fields.values().map(|it| self.stands_for(it)).sum(),
            _ => 0,
        }
    }

    fn fragment(&mut self, name: &Name, level: usize) -> Result<Size, ServerError> {
        // One that is not there is the validator's to tell.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Size::default());
        };
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                return Err(named(
                    "FRAGMENT_CYCLE",
                    format!("The fragment {name} contains itself."),
                ));
            }
            None => {}
        }
        self.known.insert(name, None);
        let size = self.set(&fragment.node.selection_set.node, level)?;
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

fn one_level_more(size: Size) -> Size {
    Size {
        levels: size.levels + 1,
        ..size
    }
}

const _: () = assert!(
    DEPTH < NESTING && COMPLEXITY > ROOT_FIELDS,
    "the limits fit together"
);

#[cfg(test)]
mod tests {
    use super::super::code;
    use super::*;

    fn refusal(query: &str) -> Option<String> {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let error = measure(&document, &Variables::default()).err()?;
        code(&error).map(str::to_owned)
    }

    fn chain(length: usize, spread: &str) -> String {
        let fragment = |n| {
            format!(
                "fragment F{n} on Q {{ {} }} ",
                spread.replace('N', &format!("F{}", n + 1))
            )
        };
        let fragments: String = (0..length).map(fragment).collect();
        format!("{{ ...F0 }} {fragments} fragment F{length} on Q {{ a }}")
    }

    #[test]
    fn what_fragments_hide_is_found_without_following_every_copy() {
        let nested = |depth: usize| "a { ".repeat(depth - 1) + "a" + &" }".repeat(depth - 1);
        let cases = [
            ("{ a b }".to_owned(), None),
            (format!("{{ {} }}", nested(16)), None),
            (format!("{{ {} }}", nested(17)), Some("QUERY_TOO_DEEP")),
            (chain(10, "...N"), None),
            (chain(40, "a { ...N }"), Some("QUERY_TOO_DEEP")),
            (chain(2_000, "...N"), Some("QUERY_TOO_DEEP")),
            (chain(5, "...N ...N"), None),
            (chain(40, "...N ...N"), Some("TOO_MANY_ROOT_FIELDS")),
            (chain(13, "...N ...N").replace("{ ...F0 }", "{ a { ...F0 } }"), Some("QUERY_TOO_COMPLEX")),
            ("{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ...A }".to_owned(), Some("FRAGMENT_CYCLE")),
            ("{ a } fragment A on Q { ...A }".to_owned(), Some("FRAGMENT_CYCLE")),
            ("{ ...Missing }".to_owned(), None),
            ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".to_owned(), None),
            ("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }".to_owned(), Some("INTROSPECTION_TOO_LARGE")),
        ];
        for (query, expected) in cases {
            assert_eq!(refusal(&query).as_deref(), expected, "{query}");
        }
    }
}
