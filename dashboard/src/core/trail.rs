//! What the audit log can be narrowed by: the actions, by the API's names and in words.

use super::{
    facets::Facet,
    say::{key, said},
};

/// The parameters of the list.
pub(crate) const FACETS: &[Facet] = &[
    Facet {
        key: "action",
        label: key!("Action"),
        any: key!("Any action"),
        choices: ACTIONS,
    },
    Facet {
        key: "actor",
        label: key!("By"),
        any: key!("By: usr_…, tok_…, cli"),
        choices: &[],
    },
    Facet {
        key: "target",
        label: key!("About"),
        any: key!("About: any id"),
        choices: &[],
    },
];

/// Every action that is written down.
const ACTIONS: &[(&str, &str)] = &[
    ("signIn", key!("Signed in")),
    ("signOut", key!("Signed out")),
    ("signOutEverywhere", key!("Signed out everywhere")),
    ("setPassword", key!("Set a password")),
    ("resetPassword", key!("Reset a password")),
    ("createSignInLink", key!("Made a sign-in link")),
    ("createUser", key!("Invited a user")),
    ("updateUser", key!("Changed a user")),
    ("revokeSession", key!("Ended a session")),
    ("createToken", key!("Created a token")),
    ("revokeToken", key!("Revoked a token")),
    ("sendMessage", key!("Sent a message")),
    ("sendMessages", key!("Sent messages")),
    ("retryMessage", key!("Retried a message")),
    ("retryMessages", key!("Retried messages")),
    ("cancelMessage", key!("Canceled a message")),
    ("cancelMessages", key!("Canceled messages")),
    ("cancelBulkJob", key!("Stopped a job")),
    ("pauseQueue", key!("Paused the queue")),
    ("resumeQueue", key!("Resumed the queue")),
    ("exportMessages", key!("Exported messages")),
    ("readWebhookEvents", key!("Read raw webhooks")),
    ("replayWebhookEvent", key!("Replayed a webhook")),
    ("replayWebhookEvents", key!("Replayed webhooks")),
    ("saveView", key!("Saved a view")),
    ("deleteView", key!("Deleted a view")),
    ("claimConversation", key!("Took a conversation")),
    ("releaseConversation", key!("Released a conversation")),
    (
        "handBackConversation",
        key!("Gave a conversation to the bot"),
    ),
    ("resolveConversation", key!("Resolved a conversation")),
    ("blockContact", key!("Blocked a contact")),
    ("unblockContact", key!("Unblocked a contact")),
    ("optInContact", key!("Opted a contact in")),
    ("optOutContact", key!("Opted a contact out")),
    ("updateContact", key!("Changed a contact")),
    ("mergeContacts", key!("Merged contacts")),
    ("eraseContact", key!("Erased a contact")),
    ("showTyping", key!("Showed typing")),
    ("createProduct", key!("Created a product")),
    ("updateProduct", key!("Changed a product")),
    ("archiveProduct", key!("Archived a product")),
    ("unarchiveProduct", key!("Took a product back")),
    ("adjustStock", key!("Changed a stock")),
    ("importProducts", key!("Imported products")),
    ("advanceOrder", key!("Moved an order on")),
    ("cancelOrder", key!("Canceled an order")),
    ("setOrderTemplate", key!("Set a template of orders")),
    ("removeOrderTemplate", key!("Removed a template of orders")),
    ("simulatorSend", key!("Wrote in the simulator")),
    ("changeSimulatorPhone", key!("Changed a simulated phone")),
    ("changeSimulatorWorld", key!("Changed the simulated world")),
];

/// An action in words; one that this table does not know, by its own name.
pub(crate) fn action(name: &str) -> String {
    let known = ACTIONS.iter().find(|(own, _)| *own == name);
    known.map_or_else(|| name.to_owned(), |(_, words)| said(words).to_owned())
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
