#pragma once

#include "base/digest.hpp"
#include "base/temporary_file.hpp"
#include "base/timestamp.hpp"
#include "model/body.hpp"
#include "model/decision.hpp"
#include "model/folder.hpp"
#include "model/write_back.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crmsync {

/// What makes a message the same message in every mailbox (SCHEMA "Identity"). The key is
/// SHA-256(kind ‖ text ‖ n); n counts up where From differs or the sent times lie over a day apart.
struct Identity {
    char kind = 'm'; ///< 'm' Message-ID, 'f' fingerprint
    std::string text;
    Sha256 from_hash{};
    Timestamp sent_at{};
};
Sha256 identity_key(const Identity& identity, int n);

/// One row of the attachment ledger.
struct StoredAttachment {
    std::string name;
    std::string content_type;
    std::int64_t size = 0;
    std::string status;  ///< stored, skipped, pending
    std::string reason;  ///< why not stored: size, type, inline, item, reference, unreadable, …
    std::string content; ///< of a stored one
    std::shared_ptr<const TemporaryFile> file{}; ///< ... or here, where it is long
    std::shared_ptr<void> room{}; ///< what it takes of the room all contents have together
    Sha256 sha256{};              ///< of a stored one
};

/// An accepted item with its body: becomes an activity, or joins the one that is there.
struct TrackedItem {
    std::string item_id;
    /// A copy of what another mailbox tracks: without body and without a claim, and left out where
    /// the activity is gone by the time of the commit.
    bool joins = false;
    ActivityId proposed; ///< taken if no activity with this identity is there
    Identity identity;
    Direction direction = Direction::incoming;
    std::string subject;
    std::string body;
    BodyType body_type = BodyType::html;
    bool body_truncated = false;
    std::int64_t body_bytes = 0; ///< before the cut
    Timestamp occurred_at{};
    bool before_window = false; ///< its copies may have left no decision by which they are found
    std::optional<std::string> message_id;
    std::optional<Sha256> message_hmac; ///< of the Message-ID: answers to it are found by that
    std::vector<Party> parties;
    std::vector<StoredAttachment> attachments;
    OwnerClaim owner;
    std::optional<RecordId> regarding;
    bool regarding_by_person = false;
    int regarding_strength = 0;
    bool had_external = false;
    // the link
    FolderId folder;
    Version version;
    std::string tracked_by; ///< user, rule, shared
    std::string rule;
    Timestamp tagged_at{};
    std::optional<std::string> regarding_category;

    /// Only that brings a tombstone back: no rule undoes a person's untrack.
    bool by_person() const;
    /// A person's or an inbox rule's: it waits for an answer.
    bool by_tag() const;
};

/// What is newly known about a linked item without storing anything else of it.
struct LinkUpdate {
    std::string item_id;
    std::optional<FolderId> folder;
    std::optional<Version> version;
    std::optional<StateCategory> category_seen;
    std::optional<bool> gone;
};

/// A person set, changed or cleared the regarding of an item that is linked already.
struct RegardingChange {
    std::string item_id;
    ActivityId activity;
    std::optional<RecordId> regarding; ///< nothing = cleared
    std::optional<std::string> regarding_category;
    Timestamp chosen_at{}; ///< lastModifiedDateTime of the version it was first read in
    std::optional<Sha256> message_hmac{}; ///< of the message: its answers may follow
};

/// What a stored message answers was stored after it, and says better what it is about. A person's
/// choice, and evidence as strong, stand.
struct FoundRegarding {
    ActivityId activity;
    RecordId regarding;
    int strength = 0;
    std::optional<Sha256> message_hmac; ///< of the message: its own answers may follow
};

/// A person tagged an item that no person had tagged before: the link is that person's from now on,
/// and the activity too, where no better claim stands.
struct HandTag {
    std::string item_id;
    ActivityId activity;
    std::string rule;
    OwnerClaim claim;
};

struct DecisionRow {
    Sha256 item_hmac{};
    std::optional<std::string> item_id; ///< absent for refused and ignored items
    std::optional<Sha256> message_id_hmac;
    std::optional<Sha256> thread_hmac; ///< conversation
    std::vector<Sha256> parent_hmacs;  ///< newest 20 references
    /// Of an ignored answer: the messages it answers that were not stored when it was decided; of a
    /// tracked one also those that were about nothing then. Of an ignored item its own Message-ID,
    /// likewise. Not kept; the commit looks whether one is stored, or about something, by then.
    std::vector<std::string> unstored_parents;
    std::optional<std::string> unstored_message{};
    Sha256 input_hmac{};
    Outcome outcome = Outcome::ignored;
    std::string rule;
    std::string evidence_json; ///< without subject, address or (where not tracked) record id
};

struct OwedCategories {
    std::string item_id;
    DesiredCategories desired;
    /// As last read; nothing, or an empty version: to be read before anything is written.
    std::optional<std::vector<std::string>> categories;
    Version version;
};

/// A tag on a draft, to be remembered until the draft is sent.
struct DraftIntent {
    std::string item_id;
    std::optional<Sha256> message_hmac; ///< of the draft's Message-ID
    Intent intent;
};

/// The sent copy of a draft was decided: what was remembered for it is answered.
struct AnsweredIntent {
    std::string item_id;
    std::optional<Sha256> message_hmac;
};

/// CRM Stop was set on an item: its thread, as other messages of it can be told.
struct StoppedThread {
    Sha256 item_hmac{};
    std::vector<Sha256> keys; ///< HMACs of its Message-ID, of its parents, of its conversation
    std::vector<std::string>
        message_ids; ///< its own and its parents'. Not kept; they lead to what is stored of it
    std::optional<Sha256> conversation{}; ///< among the keys; the same in this mailbox only
};

/// The labels an item was read with: later they are known not to be new.
struct ReadLabels {
    Sha256 item_hmac{};
    std::vector<Sha256> label_hmacs; ///< none: nothing is kept of the item
};

struct ParkedItem {
    std::string item_id;
    std::string reason; ///< stable name: "graph.item_corrupt"
    std::string version;
    int attempts = 1;
    bool came_tagged = false; ///< the tag was there when it was first seen: an inbox rule's
    std::optional<Timestamp>
        next_attempt_at; ///< nothing: only a person or a new version brings it back
};

struct LogEvent {
    std::string level = "info";
    std::string name;               ///< stable: "item_tracked"
    std::string detail_json = "{}"; ///< no subject, no correspondent's address
    std::string item_id = {};       ///< the item whose tracking it tells of; empty: anything else
};

/// What one chunk of a page makes of the world. Committed whole or not at all, with the cursor
/// where the chunk is the last of its page.
struct Plan {
    std::string policy_version; ///< what the decisions were made under
    std::vector<TrackedItem> tracked;
    std::vector<LinkUpdate> links;
    std::vector<RegardingChange> regardings;
    std::vector<FoundRegarding> found_regardings;
    std::vector<HandTag> hand_tags;
    std::vector<DecisionRow> decisions;
    std::vector<OwedCategories> write_backs;
    std::vector<std::string> dropped_write_backs; ///< item ids that are owed nothing any more
    std::vector<std::string> staged;   ///< item ids whose category a person seems to have taken off
    std::vector<std::string> unstaged; ///< item ids that carry it again
    std::vector<ParkedItem> parked;
    std::vector<std::string> unparked;
    std::vector<DraftIntent> intents;
    std::vector<std::string>
        withdrawn_intents;                ///< item ids of drafts that ask for nothing any more
    std::vector<std::string> lost_drafts; ///< item ids of drafts that are gone: deleted, or sent
    std::vector<AnsweredIntent> answered_intents;
    std::vector<Sha256> corrected; ///< HMACs of items that were answered the same again
    std::vector<ReadLabels> labels_read;
    std::vector<Sha256> unpinned; ///< HMACs of items tagged again, and of their messages
    std::vector<StoppedThread> stops;
    std::vector<Sha256> ended_stops; ///< HMACs of items that do not carry CRM Stop any more
    std::vector<LogEvent> events;

    bool empty() const;
    /// Takes out of it that this item is tracked: activity, link, decision, answer and log line.
    Plan take_out(const std::string& item_id);
    /// Takes out that an item is tracked where that is not there any more. An inbox rule's tag on
    /// it is still owed an answer.
    void leave_out(const std::string& item_id);
    /// Parks an item that was taken out, for good; a tag is answered CRM Failed.
    void set_aside(const Plan& taken_out, const std::string& reason);
};

/// The cursor that goes with the last chunk of a page.
struct Progress {
    FolderId folder;
    Cursor cursor;
    /// With the last page of a round: when that page was asked for. What arrived later has not been
    /// seen.
    std::optional<Timestamp> round_done_at;
    int messages = 0;                ///< that the page told of
    std::optional<Timestamp> oldest; ///< the earliest receipt among them
    int query_version = 1; ///< of the query that gave the cursor; another one starts from nothing
};

} // namespace crmsync
