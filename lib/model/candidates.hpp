#pragma once

#include "base/digest.hpp"
#include "base/timestamp.hpp"
#include "model/address.hpp"
#include "model/owner_claim.hpp"
#include "model/record.hpp"
#include "model/write_back.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crmsync {

/// What a page asks the CRM, once, for all its items.
struct CandidateQuery {
    std::set<Address> addresses;
    std::set<Domain> domains;
    std::set<std::string> message_ids; ///< own ids and those of parents, without brackets
    std::set<std::string> labels;      ///< folded text behind the regarding prefix

    bool empty() const
    {
        return addresses.empty() && domains.empty() && message_ids.empty() && labels.empty();
    }
    void merge(CandidateQuery other)
    {
        addresses.merge(other.addresses);
        domains.merge(other.domains);
        message_ids.merge(other.message_ids);
        labels.merge(other.labels);
    }
};

/// A stored message that another one may answer.
struct StoredMessage {
    ActivityId activity;
    std::optional<RecordId> regarding;
    bool regarding_by_person = false;
    bool deleted = false;      ///< a tombstone
    bool had_external = false; ///< somebody outside the own domains took part
    /// Who sent it, hashed, and when: what tells two messages with one Message-ID apart. Nothing:
    /// not asked for.
    std::optional<std::pair<Sha256, Timestamp>> sent{};
    /// How the mailbox that asks tracks it itself: the strongest of user, rule, shared; empty: it
    /// does not. Asked for the messages of items without a link only.
    std::string linked_here{};
    /// Whose it is by a person's tag; nothing: by a rule's, which any person's goes before.
    std::optional<OwnerClaim> owner{};
};

/// What a label led to, strongest first: what the mailbox was offered under it, number, exact name,
/// unique prefix (PRODUCT section 3).
struct LabelHits {
    std::vector<RecordId> published; ///< to this mailbox; one at most
    std::vector<RecordId> by_number;
    std::vector<RecordId> by_name;
    std::vector<RecordId> by_prefix; ///< at most 5; more than one = ambiguous
};

/// The answer to a CandidateQuery: one round trip to the database, nothing cached.
struct Candidates {
    std::map<RecordId, Record> records; ///< every record any of the others names
    std::map<Address, std::vector<RecordId>> by_address;
    std::map<Domain, std::vector<RecordId>> by_domain;
    std::map<std::string, StoredMessage> by_message_id;
    /// The other messages under a Message-ID that stands for several.
    std::map<std::string, std::vector<StoredMessage>> reused;
    std::map<std::string, LabelHits> by_label;
    /// Enabled mailboxes by address: the user or team each belongs to.
    std::map<Address, RecordId> mailbox_owners;
    /// Users and teams with an enabled mailbox, by the addresses of their records: aliases too. Not
    /// where several hold one.
    std::map<Address, RecordId> owners_by_record;

    /// Whose enabled mailbox mail to or from this address is, whichever of theirs it is.
    std::optional<RecordId> mailbox_owner(const Address& address) const
    {
        for (const auto* owners : {&mailbox_owners, &owners_by_record})
            if (const auto at = owners->find(address); at != owners->end())
                return at->second;
        return std::nullopt;
    }

    /// Adds the answer to another query.
    void merge(Candidates other)
    {
        records.merge(other.records);
        by_address.merge(other.by_address);
        by_domain.merge(other.by_domain);
        by_message_id.merge(other.by_message_id);
        reused.merge(other.reused);
        by_label.merge(other.by_label);
        mailbox_owners.merge(other.mailbox_owners);
        owners_by_record.merge(other.owners_by_record);
    }
};

/// What a person asked for on a draft: answered on the sent copy.
struct Intent {
    bool tagged = false;             ///< CRM Track or CRM Tracked; else labels alone
    std::vector<std::string> labels; ///< full names of regarding categories, as spelled
    friend bool operator==(const Intent&, const Intent&) = default;
};

/// What the store knows about one item before it is decided.
struct KnownItem {
    struct Link {
        ActivityId activity;
        FolderId folder;
        Version version; ///< the last one read or written
        StateCategory category_seen =
            StateCategory::none; ///< what the service wrote and knows to be there
        std::string tracked_by;  ///< user, rule, shared
        bool gone = false;
        bool activity_deleted = false;                 ///< the activity is a tombstone
        bool attachments_pending = false;              ///< a scanner still held some of them
        std::optional<RecordId> regarding;             ///< of the activity
        std::optional<std::string> regarding_category; ///< the name last answered on this item
        std::optional<OwnerClaim> owner{};             ///< of the activity, as in StoredMessage
    };
    std::optional<Link> link;
    std::optional<std::string> outcome; ///< of the last decision: "refused", "ignored", …
    bool orphan = false;                ///< that decision found a state of ours from before
    std::string input_hmac;             ///< what that decision was made from (32 bytes), or empty
    bool pinned = false;                ///< a person untracked it, or its message, in this mailbox
    bool pinned_itself = false;         ///< this very item was untracked
    bool staged = false;                ///< an untrack waits for its release
    std::optional<std::string> held;    ///< it is held back by the guard, by this rule
    bool restoring = false;             ///< the owed write puts back what was taken off
    bool parked = false;
    int park_attempts = 0;                  ///< how often a parked item has been tried
    bool came_tagged = false;               ///< parked with the tag it was first seen with
    std::optional<StateCategory> owed;      ///< a category write waits
    std::vector<std::string> owed_take_off; ///< names it takes off besides
    /// What the item carried when the write was decided that waits or was given up. What is not
    /// among these is new since.
    std::optional<std::vector<std::string>> carried;
    std::vector<Sha256> label_hmacs; ///< of the labels it was read with, as they are kept
    /// Those of its labels that it was read with before, as spelled. They ask for nothing new; they
    /// may still wait for an answer.
    std::vector<std::string> labels_read;
    bool labels_gone = false;     ///< one it was read with, and that was not answered, is off it
    std::optional<Intent> intent; ///< of this draft, or of the draft this was sent from
    int corrections = 0;          ///< how often somebody was answered the same again within a day
    bool stops_there = false;     ///< some thread is stopped, here or everywhere: this one may be
    bool says_stop = false;       ///< this item is known to carry CRM Stop
    bool stopped = false;         ///< its thread is stopped, by this item or another
};

} // namespace crmsync
