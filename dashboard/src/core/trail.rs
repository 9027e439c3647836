//! What the audit log can be narrowed by: the actions, by the API's names and in words.

use super::facets::Facet;

/// The parameters of the list.
pub(crate) const FACETS: &[Facet] = &[
    Facet {
        key: "action",
        label: "Action",
        any: "Any action",
        choices: ACTIONS,
    },
    Facet {
        key: "actor",
        label: "By",
        any: "By: usr_…, tok_…, cli",
        choices: &[],
    },
    Facet {
        key: "target",
        label: "About",
        any: "About: any id",
        choices: &[],
    },
];

/// Every action that is written down.
const ACTIONS: &[(&str, &str)] = &[
    ("signIn", "Signed in"),
    ("signOut", "Signed out"),
    ("signOutEverywhere", "Signed out everywhere"),
    ("setPassword", "Set a password"),
    ("resetPassword", "Reset a password"),
    ("createSignInLink", "Made a sign-in link"),
    ("createUser", "Invited a user"),
    ("updateUser", "Changed a user"),
    ("revokeSession", "Ended a session"),
    ("createToken", "Created a token"),
    ("revokeToken", "Revoked a token"),
    ("retryMessage", "Retried a message"),
    ("retryMessages", "Retried messages"),
    ("cancelMessage", "Canceled a message"),
    ("cancelMessages", "Canceled messages"),
    ("cancelBulkJob", "Stopped a job"),
    ("pauseQueue", "Paused the queue"),
    ("resumeQueue", "Resumed the queue"),
    ("replayWebhookEvent", "Replayed a webhook"),
    ("claimConversation", "Took a conversation"),
    ("releaseConversation", "Released a conversation"),
    ("handBackConversation", "Gave a conversation to the bot"),
    ("resolveConversation", "Resolved a conversation"),
    ("blockContact", "Blocked a contact"),
    ("unblockContact", "Unblocked a contact"),
    ("updateContact", "Changed a contact"),
    ("mergeContacts", "Merged contacts"),
    ("eraseContact", "Erased a contact"),
    ("showTyping", "Showed typing"),
    ("simulatorSend", "Wrote in the simulator"),
];

/// An action in words; one that this table does not know, by its own name.
pub(crate) fn action(name: &str) -> String {
    let known = ACTIONS.iter().find(|(own, _)| *own == name);
    known.map_or_else(|| name.to_owned(), |(_, words)| (*words).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_words_and_new_ones_their_name() {
        assert_eq!(action("createToken"), "Created a token");
        assert_eq!(action("paintTheMoon"), "paintTheMoon");
    }
}
