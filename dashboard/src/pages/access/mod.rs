//! Who may come in, and how: tokens of programs, users, sessions, one's own password.

mod account;
mod link;
mod sessions;
mod token_form;
mod tokens;
mod user;
mod user_form;
mod users;

pub(crate) use account::AccountPage;
pub(crate) use tokens::TokensPage;
pub(crate) use user::UserPage;
pub(crate) use users::UsersPage;
