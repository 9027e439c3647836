//! Charts by hand, in SVG: an area or lines with a crosshair, bars, sparks. Each can be read as words or as a table.

mod area;
mod bars;
mod spark;

pub(crate) use area::AreaChart;
pub(crate) use bars::{Bar, Bars};
pub(crate) use spark::Spark;
