//! Every destination, in one table: the rail, the sheet of narrow screens, the palette and `g` are drawn from it.

use crate::{
    components::icon::Icon,
    core::{
        say::{key, say},
        words::{Environment, Role},
    },
};

/// A heading of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Operate,
    Build,
    Admin,
}

impl Group {
    /// In their order.
    pub(super) const ALL: [Self; 3] = [Self::Operate, Self::Build, Self::Admin];

    /// The heading.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Operate => say!("Operate"),
            Self::Build => say!("Build"),
            Self::Admin => say!("Admin"),
        }
    }
}

/// Where a destination is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// A page of this program.
    Here,
    /// A page of this program that exists in sandbox mode only.
    Sandbox,
    /// A page of the server, outside this program.
    Server,
}

/// One destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
    pub(super) icon: Icon,
    pub(super) group: Group,
    /// The key after `g`.
    pub(super) letter: char,
    /// Who may read it.
    pub(super) needs: Role,
    pub(super) home: Home,
    /// Whether it stands in the bar at the bottom of narrow screens.
    pub(super) is_main: bool,
    /// Other words people look for.
    pub(super) also: &'static str,
}

const fn place(
    path: &'static str,
    title: &'static str,
    icon: Icon,
    (group, letter, needs): (Group, char, Role),
) -> Place {
    Place {
        path,
        title,
        icon,
        group,
        letter,
        needs,
        home: Home::Here,
        is_main: false,
        also: "",
    }
}

use Group::{Admin, Build, Operate};

/// The table, in the order of the rail.
pub(super) const PLACES: &[Place] = &[
    Place {
        is_main: true,
        also: "home start dashboard needs alerts",
        ..place(
            "/",
            key!("Overview"),
            Icon::Gauge,
            (Operate, 'o', Role::Viewer),
        )
    },
    Place {
        is_main: true,
        also: "log sms whatsapp failed delivered",
        ..place(
            "/messages",
            key!("Messages"),
            Icon::Message,
            (Operate, 'm', Role::Viewer),
        )
    },
    Place {
        is_main: true,
        also: "lanes pause dead letters retry workers",
        ..place(
            "/queue",
            key!("Queue"),
            Icon::Layers,
            (Operate, 'q', Role::Viewer),
        )
    },
    Place {
        also: "callbacks signature refused replay twilio",
        ..place(
            "/webhooks",
            key!("Webhooks"),
            Icon::Webhook,
            (Operate, 'w', Role::Viewer),
        )
    },
    Place {
        is_main: true,
        home: Home::Sandbox,
        also: "phone try customer test",
        ..place(
            "/simulator",
            key!("Simulator"),
            Icon::Phone,
            (Build, 's', Role::Operator),
        )
    },
    Place {
        home: Home::Server,
        also: "graphql graphiql query",
        ..place(
            "/graphiql",
            key!("API"),
            Icon::Braces,
            (Build, 'p', Role::Viewer),
        )
    },
    Place {
        also: "secret key bearer api scope",
        ..place(
            "/tokens",
            key!("Tokens"),
            Icon::Key,
            (Build, 'k', Role::Admin),
        )
    },
    Place {
        also: "people invite role password operator",
        ..place(
            "/users",
            key!("Users"),
            Icon::Users,
            (Admin, 'u', Role::Admin),
        )
    },
    Place {
        also: "history who changed trail",
        ..place(
            "/audit",
            key!("Audit log"),
            Icon::Scroll,
            (Admin, 'a', Role::Admin),
        )
    },
    Place {
        also: "health checks status problem diagnose",
        ..place(
            "/doctor",
            key!("Doctor"),
            Icon::Activity,
            (Admin, 'd', Role::Operator),
        )
    },
];

impl Place {
    /// Whether someone of a role may go there, as far as is known.
    pub(super) fn is_open(&self, role: Option<Role>, environment: Option<Environment>) -> bool {
        let is_there = match self.home {
            Home::Here | Home::Server => true,
            Home::Sandbox => environment == Some(Environment::Simulated),
        };
        is_there && role.unwrap_or(Role::Viewer).covers(self.needs)
    }

    /// Whether a path is of this destination.
    pub(super) fn is_at(&self, path: &str) -> bool {
        if self.path == "/" {
            return path == "/";
        }
        path.strip_prefix(self.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The end of a hook for tests, `messages`.
    pub(super) fn word(&self) -> &'static str {
        match self.path {
            "/" => "overview",
            path => path.trim_start_matches('/'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_unique_and_none_is_g() {
        for it in PLACES {
            let same = PLACES
                .iter()
                .filter(|other| other.letter == it.letter)
                .count();
            assert_eq!(same, 1, "{}", it.title);
            assert_ne!(it.letter, 'g');
        }
    }

    #[test]
    fn what_a_role_may_not_read_is_absent() {
        let titles = |role, environment| -> Vec<_> {
            PLACES
                .iter()
                .filter(|it| it.is_open(role, environment))
                .map(|it| it.title)
                .collect()
        };
        assert_eq!(
            titles(None, None),
            ["Overview", "Messages", "Queue", "Webhooks", "API"]
        );
        let simulated = Some(Environment::Simulated);
        assert!(titles(Some(Role::Operator), simulated).contains(&"Simulator"));
        assert!(!titles(Some(Role::Viewer), simulated).contains(&"Simulator"));
        assert!(!titles(Some(Role::Viewer), simulated).contains(&"Doctor"));
        assert!(titles(Some(Role::Operator), None).contains(&"Doctor"));
        assert!(!titles(Some(Role::Operator), None).contains(&"Tokens"));
        assert_eq!(titles(Some(Role::Admin), simulated).len(), PLACES.len());
    }

    #[test]
    fn a_path_belongs_to_one_place() {
        for (path, title) in [
            ("/", Some("Overview")),
            ("/queue", Some("Queue")),
            ("/messages/msg_1", Some("Messages")),
            ("/webhooks", Some("Webhooks")),
            ("/webhooksy", None),
            ("/account", None),
        ] {
            let found = PLACES.iter().find(|it| it.is_at(path)).map(|it| it.title);
            assert_eq!(found, title, "{path}");
        }
    }
}
